"""Unit tests of our JavaScript, in Node or in Chromium."""
