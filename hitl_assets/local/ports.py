"""Where emulators and the UI listen on 127.0.0.1 if nobody says anything else; definitions.py looks for them there."""

PACHD_PORT, TOLOKA_PORT, MEDIA_PORT, UI_PORT = 30650, 8650, 8651, 3000
