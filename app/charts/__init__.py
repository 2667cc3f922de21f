"""Curves: which of them share a panel, how they are drawn, and the JavaScript that draws and extends them."""
