# Sourced by the scripts beside it: where we are, how we build, and how progress is said.

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# rustup puts itself on the path of new shells only.
if ! command -v cargo >/dev/null && [ -x "${HOME-}/.cargo/bin/cargo" ]; then export PATH="$HOME/.cargo/bin:$PATH"; fi

# One target folder for every step; each script builds a tree once, so incremental files would only cost disk and time.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"
export CARGO_INCREMENTAL="${CARGO_INCREMENTAL:-0}"

if [ -t 1 ]; then
  bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
else
  bold='' dim='' red='' green='' plain=''
fi

say() { printf '%s\n' "${bold}· $*${plain}"; }
note() { printf '%s\n' "${dim}  $*${plain}"; }
fail() {
  printf '%s\n' "${red}✘ $*${plain}" >&2
  exit 1
}

# How long something took since $1, in words.
took() {
  local seconds=$((SECONDS - $1))
  if ((seconds < 60)); then echo "${seconds} s"; else echo "$((seconds / 60)) min $((seconds % 60)) s"; fi
}
