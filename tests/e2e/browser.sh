#!/bin/sh
# Brings what the browser tests need and the system lacks: a Chromium and a font with Chinese letters.
# In this order: what is there, Debian's packages where we may install them, Playwright's own download.
set -eu

may_install() { command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }

apt_install() {
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    echo "Installing $* ..."
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

have_chromium() {
    for name in chromium chromium-browser google-chrome; do
        command -v "$name" >/dev/null && return 0
    done
    find "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}" -type f -name chrome 2>/dev/null | grep -q .
}

have_chinese() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh family)" ]; }

have_chromium || { may_install && apt_install chromium; } || python -m playwright install --with-deps chromium
have_chinese || { may_install && apt_install fontconfig fonts-noto-cjk; } \
    || echo "No font with Chinese letters and no right to install one: Chinese text will show as boxes."
