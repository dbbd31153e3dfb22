-- Which boot a PC is in: asked when another server may have seen its first packet.
create index boot_by_mac on boot (mac);
