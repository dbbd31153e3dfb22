#!/bin/sh
# The first process goes on here: drivers, the network card that booted, the engine, the end.
# It never returns and never hangs silently: every way out is a reboot, a power-off or (maintenance only) a shell.
export PATH=/usr/sbin:/usr/bin HOME=/root TERM=linux LC_ALL=C

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /run /tmp
mount -t devpts devpts /dev/pts
mount -t tmpfs -o mode=0755 tmpfs /run
echo 60 >/proc/sys/kernel/panic

# --- what the server said, and where a person looks ------------------------------------------------------------------
argument() { # argument NAME: its value on the kernel command line
  local word
  for word in $(cat /proc/cmdline); do
    case $word in "$1="*) echo "${word#*=}"; return ;; esac
  done
}

consoles=
for name in $(cat /sys/class/tty/console/active 2>/dev/null) tty1 ttyS0; do
  case " $consoles " in *" $name "*) continue ;; esac
  [ -c "/dev/$name" ] || continue
  case $name in
    tty0) continue ;; # stands for the tty in front, which is tty1
    ttyS*) [ "$(cat "/sys/class/tty/$name/type" 2>/dev/null)" != 0 ] || continue ;; # no such port in this PC
  esac
  # Whoever reads there and was told no speed: not at the kernel's 9600, at which a script's many words hold it up.
  case $name in
    ttyS*) grep -q " console=$name" /proc/cmdline || stty -F "/dev/$name" 115200 2>/dev/null ;;
  esac
  consoles="$consoles $name"
done

say() {
  local name
  for name in $consoles; do printf 'firstlight: %s\n' "$*" >"/dev/$name" 2>/dev/null; done
}
up() { cut -d ' ' -f 1 /proc/uptime; }

synced() { # what was written is on the disks; a disk that was pulled out, or hangs, may never say so, and holds up nobody
  local look
  sync &
  for look in $(seq 1 200); do
    kill -0 $! 2>/dev/null || return
    usleep 100000
  done
  say "a disk does not take what was written to it; not waiting any longer"
}

restart() { # restart SECONDS REASON
  if [ "$1" = 0 ]; then say "$2; this PC restarts"; else say "$2; this PC restarts in $1 seconds"; fi
  sleep "$1"
  synced
  reboot -f & # a disk that hangs may hold it up: its cache is to be flushed first
  sleep 30
  echo b >/proc/sysrq-trigger
  while :; do sleep 60; done
}

shell() { # a shell on every console; the PC restarts when one of them is left
  local name
  say "maintenance: a shell on this console; 'img' images this PC by hand, 'exit' restarts it"
  rm -f /run/left
  for name in $consoles; do
    (setsid sh -c "exec sh -i <>/dev/$name >&0 2>&1"; : >/run/left) &
  done
  while [ ! -e /run/left ]; do sleep 1; done
  restart 0 "the maintenance shell was left"
}

fail() { # fail REASON: what cannot go on
  killall -9 java 2>/dev/null # it may still wait for a network
  if [ -n "$maintenance$medium" ]; then
    say "$1"
    if [ ! -s /run/firstlight.address ] && [ -z "$refused" ]; then
      say "the network is tried further; 'ip address' shows when this PC has an address"
      addresses &
    fi
    shell
  fi
  restart 60 "$1"
}

maintenance=$(argument firstlight.maintenance)$(argument firstlight.shell) # from the menu; as work that was given
alone=$(argument firstlight.alone) # a boot medium started this PC, for a prompt: nobody is asked
medium=$(argument firstlight.ask)  # a boot medium started this PC: whom to ask
fixed=$(argument firstlight.address) # the medium's settings have an address
refused= # it cannot be had
mac=$(argument firstlight.mac)
if [ -z "$mac" ]; then # pxelinux's form: 01-52-54-00-12-34-56
  mac=$(argument BOOTIF)
  mac=$(echo "${mac#??-}" | tr - :)
fi
mac=$(echo "$mac" | tr A-F a-f)
memory=$(($(sed -n 's/^MemTotal: *\([0-9]*\).*/\1/p' /proc/meminfo) / 1024))
say "imaging environment @VERSION@, kernel $(uname -r), started after $(up) s"

# --- the engine ------------------------------------------------------------------------------------------------------
emulated() { # QEMU without hardware's help (TCG): its CPU says so, or it is QEMU and no hypervisor that the kernel knows
  grep -qm 1 '^model name.*QEMU TCG' /proc/cpuinfo && return
  [ -e /sys/bus/acpi/devices/QEMU0002:00 ] || return
  ! dmesg | grep -q 'Hypervisor detected'
}
# There one processor may run half of the instruction that another one puts over a method's first when the second compiler
# has made a better one (seen with QEMU 7.2); so one compiler only (docs/adr/0024).
if emulated; then echo '-XX:TieredStopAtLevel=1'; fi >/run/firstlight.java
# Java takes as long to start as drivers and network together; the engine waits for the file that says they are there.
first=/dev/null
others=
for name in $consoles; do
  if [ "$first" = /dev/null ]; then first=/dev/$name; else others="$others /dev/$name"; fi
done
engine() {
  /firstlight/jre/bin/java @JAVA_OPTIONS@ @/run/firstlight.java -Xshare:auto -XX:SharedArchiveFile=/firstlight/lib/engine.jsa \
    -Dfirstlight.ready=/run/firstlight.ready -Dfirstlight.stuck=/run/engine.stuck -cp "$(cat /firstlight/classpath)" firstlight.engine.Main 2>&1
  echo $? >/run/engine.status
}
if [ -z "$alone" ]; then
  engine | tee $others >"$first" &
  engine=$!
  # A process of which one thread waits for a disk does not end (docs/adr/0034). It says that it would; this ends the waiting below.
  trap : USR1
  (until [ -e /run/engine.stuck ]; do sleep 2; done; while kill -USR1 $$; do sleep 2; done) &
fi

# --- drivers ---------------------------------------------------------------------------------------------------------
for script in /firstlight/updates.d/*.sh; do
  [ -f "$script" ] || continue
  say "running ${script##*/} of the updates"
  timeout -s KILL 300 sh "$script" </dev/null # one that heeds no other signal must not hold its PC
  status=$?
  case $status in
    0) ;;
    137) say "${script##*/} did not end within 300 s, and was ended" ;;
    *) say "${script##*/} ended with status $status" ;;
  esac
done

echo '#' >/run/modaliases # busybox's grep takes an empty list of patterns for one that matches everything
seen=
drivers() { # loads what devices that appeared since the last time ask for; false when there were none
  # The kernel counts what it has told of devices; looking through all of them takes a slow PC a good part of a second.
  told=$(cat /sys/kernel/uevent_seqnum 2>/dev/null)
  [ -n "$told" ] && [ "$told" = "$seen" ] && return 1
  seen=$told
  find /sys/devices -name modalias -exec cat {} + 2>/dev/null | sort -u >/run/modaliases.now
  grep -vxFf /run/modaliases /run/modaliases.now >/run/modaliases.new || return 1
  mv /run/modaliases.now /run/modaliases
  # One of them is made of the firmware's strings, and xargs takes a quote in such (24" AIO) for its own: nothing would be loaded.
  tr '\n' '\0' </run/modaliases.new | xargs -0 modprobe -a -q 2>/dev/null
  [ -e /sys/class/mmc_host ] && modprobe -q mmc_block # what SD and eMMC ask for is in no file modalias (Linux 6.1)
  return 0
}
# A loaded bus brings new devices to light: VirtIO, SCSI, USB.
for pass in 1 2 3 4; do drivers || break; done
# USB hubs and storage controllers take their time; the engine waits for a disk, this loop for its driver. It goes on for good: at a
# prompt a person plugs in the disk for the images, a network card, a keyboard.
(for pass in 1 2 3 4 5 6 7 8 9 10; do sleep 1; drivers; done; while sleep 3; do drivers; done) &
if [ -d /sys/firmware/efi ]; then
  modprobe -q efivarfs
  mount -t efivarfs efivarfs /sys/firmware/efi/efivars 2>/dev/null
fi

# --- the network card that booted ------------------------------------------------------------------------------------
cards() { # the cards that have a link, with a MAC those of them that have it; where none of these has a link, the first of them
  local card first= linked=
  for card in /sys/class/net/*; do
    [ -e "$card/device" ] || continue
    [ -z "$mac" ] || [ "$(cat "$card/address")" = "$mac" ] || continue
    first=${first:-${card##*/}}
    raised "${card##*/}" || continue
    linked "${card##*/}" && echo "${card##*/}" && linked=1
  done
  [ -n "$linked" ] || [ -z "$mac" ] || [ -z "$first" ] || echo "$first"
}

linked() { [ "$(cat "/sys/class/net/$1/carrier" 2>/dev/null)" = 1 ]; }

# MAC pass-through: at a dock firmware shows the PC's address where Linux finds the dock's own (HP's, ASIX), or both have one.
passed_through() { # passed_through CARD: no card of that MAC has a link, and others have: go on as without a MAC
  local others
  [ -n "$mac" ] && ! linked "$1" || return 1
  others=$(mac= && cards)
  [ -n "$others" ] || return 1
  say "no network card with the address $mac has a link: trying" $others
  own=$mac mac=
}

# There may be a card of that MAC all the same: a server's, whose link takes longer, beside its BMC's, which gives addresses for itself alone.
# It is asked before the others, with a link or without.
in_turn() { # the cards that have a link, of them the own first
  local card others=
  for card in $(cards); do
    if [ "$(cat "/sys/class/net/$card/address")" = "$own" ]; then echo "$card"; else others="$others $card"; fi
  done
  echo $others
}

late() { # the own card, while it has no link
  local card
  [ -n "$own" ] || return
  card=$(mac=$own && cards | head -n 1)
  [ -z "$card" ] || linked "$card" || echo "$card"
}

raised() { # raised CARD: switches it on; why it does not start is kept for who asks
  ip link set "$1" up 2>"/run/$1.refusal" || return
  rm -f "/run/$1.refusal"
}

unraised() { # cards that do not start, each with why, such as firmware that its driver misses
  local file card device said list=
  for file in /run/*.refusal; do
    [ -f "$file" ] || continue
    card=${file##*/} card=${card%.refusal}
    device=$(readlink -f "/sys/class/net/$card/device")
    said=$(/firstlight/controllers said "${device##*/}")
    list="${list:+$list; }the network card $card ($(cat "$device/vendor" "$device/device" 2>/dev/null | sed 's/^0x//' | tr '\n' ':')\
driver $(basename "$(readlink "$device/driver")")) does not start: $(sed 's/^ip: //' "$file")${said:+; the kernel says: $said}"
  done
  echo "$list"
}

driverless() { # Ethernet controllers that no driver took, such as 8086:15f9 at 0000:00:1f.6, and the drivers that would not
  local card vendor device name refused list=
  /firstlight/controllers refused
  for card in /sys/bus/pci/devices/*; do
    case $(cat "$card/class" 2>/dev/null) in 0x0200*) ;; *) continue ;; esac
    [ -e "$card/driver" ] && continue
    vendor=$(cat "$card/vendor") device=$(cat "$card/device")
    name="the network controller ${vendor#0x}:${device#0x} at ${card##*/}"
    refused=$(cat "/run/firstlight.refused/${card##*/}" 2>/dev/null)
    if [ -n "$refused" ]; then
      list="${list:+$list; }$name was not taken by its driver $refused"
    else
      list="${list:+$list; }no driver for $name (PCI; an updates folder can add one)"
    fi
  done
  echo "$list"
}

dhcp() { # dhcp CARD OPTION...: who gets an address goes on and renews the lease: a restore may last longer
  local card=$1
  shift
  udhcpc "$@" -t 4 -T 2 -O mtu -O staticroutes -i "$card" -s /usr/share/udhcpc/default.script \
    -p "/run/udhcpc.$card.pid" >/run/udhcpc.log 2>&1
}

has_address() { # has_address CARD ADDRESS
  echo "$2" >/run/firstlight.address
  echo "$(cat "/sys/class/net/$1/address") $1" >/run/firstlight.card # which of several the engine is to tell the server of
}

safe_network() { # what the disk's image-safe data say of the network; a disk that hangs is not waited for
  local look
  if [ ! -e /run/firstlight.asking ] && ! grep -q ^network /run/firstlight.safe 2>/dev/null; then
    : >/run/firstlight.asking
    (img safe; rm -f /run/firstlight.asking) >/run/firstlight.safe 2>/dev/null &
  fi
  for look in $(seq 1 600); do
    [ -e /run/firstlight.asking ] || break
    usleep 100000
  done
  sed -n 's/^network *//p' /run/firstlight.safe
}

kept_address() { # kept_address CARD: no DHCP server answers; the image-safe data of the disk may have an address (docs/manual.md)
  local network word gateway=
  network=$(cat /run/firstlight.kept 2>/dev/null || safe_network)
  set -- "$1" $network
  case ${2:-dhcp} in dhcp) return ;; esac
  arping -q -D -c 2 -w 3 -I "$1" "${2%/*}" >/dev/null 2>&1
  if [ $? = 1 ]; then # 2: the question could not be asked
    say "another device on this network has the address ${2%/*} of the disk's image-safe data: $1 does not take it"
    return
  fi
  ip addr add "$2" dev "$1" 2>/dev/null || return
  for word in "$@"; do # "gateway" stands before its address
    [ "$gateway" = "?" ] && { gateway=$word; ip route add default via "$word"; }
    [ "$word" = gateway ] && gateway="?"
  done
  echo "$network" >/run/firstlight.kept # udhcpc's script leaves it beside what a DHCP server gives
  has_address "$1" "${2%/*}"
  say "no DHCP server answers: $1 takes the address $2 of the disk's image-safe data, and goes on asking"
  dhcp "$1" -f &
}

fixed_address() { # fixed_address CARD: what the medium's settings say; what is wrong with them is told, and goes on
  local gateway netmask=$(argument firstlight.netmask) settings="the medium's settings are wrong (firstlight media"
  # "already in use" comes as an answer to this question alone; two PCs with one address cut each other off.
  arping -q -D -c 2 -w 3 -I "$1" "$fixed" >/dev/null 2>&1 ||
    say "another device on this network has the address $fixed: give each medium its own (firstlight media --address)"
  ip addr add "$fixed/$netmask" dev "$1" ||
    { say "$1 does not take the address $fixed with netmask $netmask: $settings --address --netmask)"; return; }
  has_address "$1" "$fixed"
  gateway=$(argument firstlight.gateway)
  [ -n "$gateway" ] || return
  ip route add default via "$gateway" ||
    { say "$gateway is no gateway for $fixed/$netmask: $settings --gateway)"; return; }
  ping -q -c 1 -W 3 "$gateway" >/dev/null 2>&1 ||
    say "the gateway $gateway does not answer: what lies behind it may be out of reach (look at the cable, and at firstlight media --gateway)"
}

watched() { # watched CARD, for good: one on USB that was reset comes back as another interface, without an address
  local card=$1 index now told= found
  read -r index <"/sys/class/net/$card/ifindex"
  mac=$(cat "/sys/class/net/$card/address")
  while sleep 2; do
    now=
    { read -r now <"/sys/class/net/$card/ifindex"; } 2>/dev/null
    [ "$now" = "$index" ] && continue
    found=$(cards | head -n 1)
    [ -n "$found" ] && linked "$found" || continue
    [ ! -e "/run/udhcpc.$card.pid" ] || kill "$(cat "/run/udhcpc.$card.pid")" 2>/dev/null
    card=$found
    { read -r now <"/sys/class/net/$card/ifindex"; } 2>/dev/null
    [ "$now" = "$told" ] || say "the network card $mac was reset and is $card now: it gets an address again"
    told=$now
    rm -f /run/firstlight.address
    if [ -n "$fixed" ]; then
      fixed_address "$card"
    elif [ -e /run/firstlight.kept ]; then
      kept_address "$card"
      [ -s /run/firstlight.address ] || dhcp "$card" -n
    else
      dhcp "$card" -n
    fi
    [ -s /run/firstlight.address ] && index=$now && say "$card has $(cat /run/firstlight.address)"
  done
}

every_card() { # a boot medium's prompt: each card that is there, or comes, asks DHCP
  local card index asked= refused=
  while :; do
    for card in /sys/class/net/*; do
      [ -e "$card/device" ] && { read -r index <"$card/ifindex"; } 2>/dev/null || continue
      case " $asked " in *" $index "*) continue ;; esac
      card=${card##*/}
      if ! ip link set "$card" up 2>/dev/null; then # each time its driver tells the screen why
        case "$refused" in *" $index "*" $index "*" $index "*) asked="$asked $index" ;; esac
        refused="$refused $index "
        continue
      fi
      asked="$asked $index"
      [ ! -e "/run/udhcpc.$card.pid" ] || kill "$(cat "/run/udhcpc.$card.pid")" 2>/dev/null # of one that was reset
      dhcp "$card" -b &
    done
    sleep 2
  done
}

addresses() { # a prompt's, for good: what the medium's settings say, or DHCP's
  local card try=0
  [ -n "$fixed" ] || every_card
  while card=$(cards | head -n 1) && [ -z "$card" ]; do
    try=$((try + 1))
    [ "$try" = 60 ] && say "no network card has a link: look at the cable"
    if [ "$try" -lt 60 ]; then sleep 1; else sleep 10; fi
  done
  fixed_address "$card"
  [ ! -s /run/firstlight.address ] || say "$card has $(cat /run/firstlight.address)"
  watched "$card"
}

ip link set lo up
ln -sf /run/resolv.conf /etc/resolv.conf
if [ -n "$alone" ]; then
  maintenance=1
  addresses & # good to have, for a share or a server
  shell
fi
for try in $(seq 1 300); do
  card=$(cards | head -n 1)
  [ -n "$card" ] && break
  [ "$try" = 50 ] && say "still looking for the network card ${mac:-with a link}"
  [ "$try" -ge 150 ] && passed_through ""
  usleep 100000
done
if [ -z "$card" ]; then
  missing=$(driverless)
  missing="$(unraised)${missing:+; $missing}"
  [ -n "$missing" ] && fail "no network card ${mac:-with a link}: ${missing#; }"
  fail "no network card ${mac:-with a link}: every network controller on PCI has a driver here, so look at the cable${mac:+, and whether the card is on USB}"
fi

for try in $(seq 1 20); do
  raised "$card" && break
  usleep 100000
done
if [ -e "/run/$card.refusal" ]; then
  passed=
  for try in $(seq 1 80); do # the others were switched on just now: their links take seconds
    passed_through "$card" && passed=1 && break
    usleep 100000
  done
  [ -n "$passed" ] || fail "$(unraised)"
fi
for try in $(seq 1 300); do
  found=$(cards | head -n 1) # of several with that MAC another one may have it by now
  card=${found:-$card}
  linked "$card" && break
  [ "$try" = 50 ] && say "$card has no link yet: look at the cable"
  [ "$try" = 150 ] && (mac= && cards) >/dev/null # switches the others on: their links take seconds
  # The last thing that is tried: a server's own card may take half a minute, and another one be on a network of its own.
  [ "$try" -ge 299 ] && passed_through "$card"
  usleep 100000
done
rm -f /run/firstlight.address
if [ -n "$fixed" ]; then
  fixed_address "$card"
  # What the medium's settings say would be refused again, in the middle of what somebody types.
  [ -s /run/firstlight.address ] || { refused=1; fail "$card has no address"; }
fi
unanswered=0
for try in 1 2 3 4 5 6 7 8 9 10; do
  [ -s /run/firstlight.address ] && break
  # Without a MAC it is not known which of the cards that have a link is on the server's network: each is asked in turn.
  [ -n "$mac" ] || asked=$(echo $(in_turn))
  for card in $(late) ${asked:-$card}; do
    dhcp "$card" -n
    [ -s /run/firstlight.address ] && break 2
    unanswered=$((unanswered + 1))
  done
  # Spanning tree lets nothing through a port in the first 30 s of its link; each question takes 8.
  if [ "$unanswered" -ge 5 ]; then
    unanswered=0
    set -- ${asked:-$card} # the first of them
    card=$1
    kept_address "$card"
    [ -s /run/firstlight.address ] && break
  fi
  say "no answer from a DHCP server on ${asked:-$card}, trying again ($try of 10)"
done
[ -s /run/firstlight.address ] || fail "no DHCP server answered on ${asked:-$card}${medium:+; a medium can have an address of its own (firstlight media --address)}"
say "$card has $(cat /run/firstlight.address), after $(up) s"
echo "$(cat "/sys/class/net/$card/address") $card" >/run/firstlight.card # which of several the engine is to tell the server of
watched "$card" &
/firstlight/controllers refused # for the engine, should it miss a disk

crash() { # crash STATUS: what an engine that ended without a word left, to every console and to the server
  if [ -s /run/hs_err.log ]; then
    grep -Ev '^#? *$|XMM|bug report|https:|core dump' /run/hs_err.log | head -n 45 >/run/crash.txt
    say "the Java virtual machine crashed; its report begins:"
  else
    dmesg | grep -Ei 'out of memory|oom-kill|killed process|segfault' | tail -n 10 >/run/crash.txt
    if grep -Eqi 'out of memory|oom-kill' /run/crash.txt; then
      short="this PC has too little memory for its work: $memory MiB are free for it, and 1024 are always enough"
      sed -i "1i $short" /run/crash.txt
    fi
    say "the imaging engine left no report; the kernel says of it:"
  fi
  while IFS= read -r line; do say "  $line"; done </run/crash.txt
  # Without compilers: one of them is what crashed the only time that was seen.
  timeout 120 /firstlight/jre/bin/java @JAVA_OPTIONS@ -Xint -Dfirstlight.crash=/run/crash.txt "-Dfirstlight.status=$1" \
    -cp "$(cat /firstlight/classpath)" firstlight.engine.Main 2>&1 | tee $others >"$first"
}

# --- the engine's work ------------------------------------------------------------------------------------------------
: >/run/firstlight.ready
wait "$engine"
status=$(cat /run/engine.stuck /run/engine.status 2>/dev/null | head -n 1)

case $status in
  0) restart 0 "done" ;;
  10)
    say "done; this PC is switched off"
    synced
    poweroff -f &
    sleep 30
    restart 0 "this PC did not switch itself off"
    ;;
  20) maintenance=1; shell ;;
  30) fail "the work failed, see above" ;;
  40) # to flush, or to take devices down in order, would wait for the disk
    [ -z "$maintenance$medium" ] || fail "the work failed, see above"
    say "the work failed, see above; this PC restarts in 60 seconds, without waiting for the disk"
    sleep 60
    echo b >/proc/sysrq-trigger
    ;;
  *)
    crash "${status:-unknown}"
    fail "the imaging engine ended unexpectedly (status ${status:-unknown})"
    ;;
esac
