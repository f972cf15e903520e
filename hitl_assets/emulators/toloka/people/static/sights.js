// Which part of a picture is seen: zoom and pan.
import { clamp } from "./outlines.js";

const MOST = 40;

export class Sight {
  constructor(svg, width, height) {
    this.svg = svg;
    this.width = width;
    this.height = height;
    this.fit();
  }

  fit() { this.set(0, 0, 1); }

  // The left and top of what is seen, in the picture's pixels, and how much larger than all of it.
  set(left, top, zoom) {
    this.zoom = clamp(zoom, 1, MOST);
    const [wide, high] = [this.width / this.zoom, this.height / this.zoom];
    this.left = clamp(left, 0, this.width - wide);
    this.top = clamp(top, 0, this.height - high);
    this.svg.setAttribute("viewBox", `${this.left} ${this.top} ${wide} ${high}`);
  }

  // Pixels of the screen for one of the picture; 0 while it is not shown.
  get scale() {
    const box = this.svg.getBoundingClientRect();
    return Math.min(box.width / (this.width / this.zoom), box.height / (this.height / this.zoom)) || 0;
  }

  // Where a place of the screen is in the picture, in pixels of it.
  find(x, y) {
    const box = this.svg.getBoundingClientRect();
    const scale = this.scale;
    // What is seen stands in the middle if the frame has other proportions.
    const [blankLeft, blankTop] = [(box.width - (this.width / this.zoom) * scale) / 2, (box.height - (this.height / this.zoom) * scale) / 2];
    return { x: this.left + (x - box.left - blankLeft) / scale, y: this.top + (y - box.top - blankTop) / scale };
  }

  // Closer or farther, so that what is at this place of the screen stays there.
  zoomAt(factor, x, y) {
    const before = this.find(x, y);
    this.set(this.left, this.top, this.zoom * factor);
    const after = this.find(x, y);
    this.set(this.left + before.x - after.x, this.top + before.y - after.y, this.zoom);
  }

  zoomIn(factor) {
    const box = this.svg.getBoundingClientRect();
    this.zoomAt(factor, box.left + box.width / 2, box.top + box.height / 2);
  }

  // By so many pixels of the screen.
  pan(right, down) {
    const scale = this.scale;
    if (scale) this.set(this.left - right / scale, this.top - down / scale, this.zoom);
  }

  // So that a place in shares of the picture is seen.
  show(at) {
    const [x, y] = [at.left * this.width, at.top * this.height];
    const [wide, high] = [this.width / this.zoom, this.height / this.zoom];
    this.set(clamp(this.left, x - wide, x), clamp(this.top, y - high, y), this.zoom);
  }
}
