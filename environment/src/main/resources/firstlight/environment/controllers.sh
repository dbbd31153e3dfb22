#!/bin/sh
# Controllers on PCI for network and disks that no driver took though one is here: what it said, for a person who is to mend it.
#   controllers refused      writes /run/firstlight.refused/PLACE for each: "e100, which says: ..."; the engine reads them too
#   controllers said PLACE   prints the kernel's last complaint about the device at PLACE, such as 0000:00:03.0
# ROOT is for tests.

said() {
  # Its own words before the kernel's "probe of ... failed with error -5", and complaints before what it tells of itself.
  dmesg | sed 's/^\[[ 0-9.]*\] //' | grep -F "$1" | grep -v "^pci $1" >"$ROOT/run/said"
  { grep -v 'probe of' "$ROOT/run/said" | grep -Ei 'fail|error|invalid|unable|cannot|not |bad|bogus|time[d ]*out|firmware' ||
    grep 'probe of' "$ROOT/run/said"; } | tail -n 1
}

driver_for() { # driver_for MODALIAS: a module of the environment that is for such a device
  local word pattern module vendor=${1#pci:v}
  grep -E "^alias pci:v(${vendor%%d*}|\*)" "$ROOT/lib/modules/$(uname -r)/modules.alias" | while read -r word pattern module; do
    # shellcheck disable=SC2254 # it is a pattern
    case $1 in $pattern) echo "$module"; break ;; esac
  done
}

refused() {
  local card class alias driver words place
  rm -rf "$ROOT/run/firstlight.refused"
  mkdir -p "$ROOT/run/firstlight.refused"
  for card in "$ROOT"/sys/bus/pci/devices/*; do
    read -r class <"$card/class" 2>/dev/null || continue
    case $class in 0x01* | 0x02* | 0x0805*) ;; *) continue ;; esac
    [ -e "$card/driver" ] && continue
    read -r alias <"$card/modalias" || continue
    driver=$(driver_for "$alias")
    [ -n "$driver" ] || continue
    place=${card##*/}
    words=$(said "$place")
    echo "$driver${words:+, which says: $words}" >"$ROOT/run/firstlight.refused/$place"
  done
}

case $1 in
  refused) refused ;;
  said) said "$2" ;;
esac
