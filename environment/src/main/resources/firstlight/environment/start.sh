#!/bin/sh
# The first process of the imaging environment. The kernel has unpacked next to nothing; the rest lies in images of which
# only what is read is unpacked. They are laid over one another, with whatever an updates archive brought on top.
export PATH=/usr/bin

broken() {
  echo "firstlight: the imaging environment cannot be opened: $1; this PC restarts in a minute" >/dev/console
  sleep 60
  reboot -f
}

mount -t devtmpfs devtmpfs /dev
while read -r module; do
  insmod "/start/$module" || broken "its driver $module does not fit this kernel"
done </start/modules

# The archive's own files come first: an updates archive is unpacked there, and its files replace the images'.
layers=/
for part in engine java base; do
  mkdir "/layers/$part"
  mount -t squashfs -o ro,loop "/layers/$part.squashfs" "/layers/$part" || broken "its $part image is damaged or missing"
  layers=$layers:/layers/$part
done
mkdir /layers/written /layers/all
mount -t tmpfs -o mode=0755 tmpfs /layers/written
mkdir /layers/written/files /layers/written/work
mount -t overlay -o "lowerdir=$layers,upperdir=/layers/written/files,workdir=/layers/written/work" overlay /layers/all ||
  broken "its images cannot be laid over one another"

cd /layers/all || broken "its images are empty"
mount --move . /
exec chroot . /firstlight/init
