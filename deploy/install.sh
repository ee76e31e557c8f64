#!/bin/sh
# Create the virtual environment and install what requirements.lock names, then the project itself.
# Usage: install.sh VENV STAMP. Whatever is missing on the machine ends in one sentence with its cure.
set -eu

venv=$1
stamp=$2

fail() {
    echo "lingqu: $1" >&2
    exit 1
}

case $(uname -s) in
Linux | Darwin) ;;
*) fail "this runs on Linux and macOS, not on $(uname -s); on Windows, use WSL 2" ;;
esac
case $(uname -m) in
x86_64 | amd64 | aarch64 | arm64) ;;
*) fail "there is no Java runtime in a wheel for $(uname -m); use an x86-64 or 64-bit ARM machine" ;;
esac

fits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

python=
for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
    if fits "$name"; then
        python=$name
        break
    fi
done
if [ -z "$python" ]; then
    found=$(python3 --version 2>/dev/null || echo "no python3")
    fail "Python 3.11 or later is needed and there is $found; install it, or name it with make PYTHON=/path/to/python3"
fi
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    fail "$python has no venv and ensurepip; install them (Debian and Ubuntu: apt install python3-venv)"

if ! fits "$venv/bin/python"; then
    echo "creating $venv with $("$python" --version)"
    "$python" -m venv --clear "$venv" ||
        fail "$python could not create $venv; is there space, and may you write here?"
fi
echo "installing what requirements.lock names"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock ||
    fail "pip could not install what requirements.lock names; see its words above, check the network or pip's index setting, and run make again"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ||
    fail "pip could not install the project itself; see its words above"
touch "$stamp"
