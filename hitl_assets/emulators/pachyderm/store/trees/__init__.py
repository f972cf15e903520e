"""What a commit holds: edits, segments, trees and their sums."""
