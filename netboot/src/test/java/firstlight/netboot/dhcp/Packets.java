package firstlight.netboot.dhcp;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.netboot.dhcp.Arrival.Door;
import firstlight.wire.dhcp.DhcpOption;
import firstlight.wire.dhcp.DhcpOption.ClassIdentifier;
import firstlight.wire.dhcp.DhcpOption.ClientArchitectures;
import firstlight.wire.dhcp.DhcpOption.ClientMachineIdentifier;
import firstlight.wire.dhcp.DhcpOption.IpxeOptions;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpOption.PxeVendorOptions;
import firstlight.wire.dhcp.DhcpOption.UserClass;
import firstlight.wire.dhcp.DhcpPacket;
import firstlight.wire.dhcp.PxeOption.BootItem;
import firstlight.wire.dhcp.SubOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Requests as the clients of the decision table send them. */
final class Packets {
    static final Ipv4Address SERVER = Ipv4Address.parse("192.168.1.10");
    static final Ipv4Address LEASED = Ipv4Address.parse("192.168.1.77");
    private static final String MAC = "525400123456";
    private static final String PI_MAC = "dca632123456";

    private Packets() {}

    /** The firmwares of the table. */
    @SuppressWarnings("ImmutableEnumChecker") // the lists are List.of
    enum Firmware {
        NOT_PXE("", 0),
        BIOS(ClassIdentifier.PXE_CLIENT, 0),
        BIOS_WITHOUT_93(ClassIdentifier.PXE_CLIENT, 0),
        UEFI_IA32(ClassIdentifier.PXE_CLIENT, 6),
        UEFI_X64(ClassIdentifier.PXE_CLIENT, 7),
        UEFI_EBC(ClassIdentifier.PXE_CLIENT, 9),
        UEFI_ARM32(ClassIdentifier.PXE_CLIENT, 10),
        UEFI_ARM64(ClassIdentifier.PXE_CLIENT, 11),
        UEFI_RISCV64(ClassIdentifier.PXE_CLIENT, 27),
        UEFI_LOONG64(ClassIdentifier.PXE_CLIENT, 39),
        POWERPC(ClassIdentifier.PXE_CLIENT, 12),
        HTTP_IA32(ClassIdentifier.HTTP_CLIENT, 15),
        HTTP_X64(ClassIdentifier.HTTP_CLIENT, 16),
        HTTP_EBC(ClassIdentifier.HTTP_CLIENT, 17),
        HTTP_ARM64(ClassIdentifier.HTTP_CLIENT, 19),
        HTTP_BIOS(ClassIdentifier.HTTP_CLIENT, 20),
        IPXE_BIOS(
                ClassIdentifier.PXE_CLIENT,
                0,
                IpxeOptions.FEATURE_HTTP,
                IpxeOptions.FEATURE_BZIMAGE,
                IpxeOptions.FEATURE_MENU),
        IPXE_BIOS_NO_MENU(ClassIdentifier.PXE_CLIENT, 0, IpxeOptions.FEATURE_HTTP, IpxeOptions.FEATURE_BZIMAGE),
        IPXE_BIOS_POOR(ClassIdentifier.PXE_CLIENT, 0, IpxeOptions.FEATURE_HTTP),
        IPXE_IA32(
                ClassIdentifier.PXE_CLIENT,
                6,
                IpxeOptions.FEATURE_HTTP,
                IpxeOptions.FEATURE_EFI,
                IpxeOptions.FEATURE_MENU),
        IPXE_X64(
                ClassIdentifier.PXE_CLIENT,
                7,
                IpxeOptions.FEATURE_HTTP,
                IpxeOptions.FEATURE_EFI,
                IpxeOptions.FEATURE_MENU),
        IPXE_X64_NO_MENU(ClassIdentifier.PXE_CLIENT, 7, IpxeOptions.FEATURE_HTTP, IpxeOptions.FEATURE_EFI),
        IPXE_X64_POOR(ClassIdentifier.PXE_CLIENT, 7, IpxeOptions.FEATURE_EFI),
        RASPBERRY_PI(ClassIdentifier.PXE_CLIENT, 0);

        private final String vendorClass;
        private final int architecture;
        private final List<Integer> features;

        Firmware(String vendorClass, int architecture, Integer... features) {
            this.vendorClass = vendorClass;
            this.architecture = architecture;
            this.features = List.of(features);
        }
    }

    /** The messages of the table. */
    enum Message {
        DISCOVER(MessageType.DISCOVER),
        REQUEST(MessageType.REQUEST),
        INFORM(MessageType.INFORM),
        /** A request with our menu item in 43.71. */
        ITEM(MessageType.REQUEST),
        RELEASE(7);

        private final int type;

        Message(int type) {
            this.type = type;
        }
    }

    static DhcpPacket packet(Firmware firmware, Message message, int transactionId) {
        List<DhcpOption> options = new ArrayList<>();
        options.add(new MessageType(message.type));
        if (!firmware.vendorClass.isEmpty()) {
            options.add(new ClassIdentifier(String.format(
                    Locale.ROOT, "%s:Arch:%05d:UNDI:003016", firmware.vendorClass, firmware.architecture)));
            if (firmware != Firmware.BIOS_WITHOUT_93) {
                options.add(new ClientArchitectures(List.of(firmware.architecture)));
            }
            options.add(new ClientMachineIdentifier(0, Bytes.ofHex("4f34e6b0c1d2a34bb5c6d7e8f9a0b1c2")));
        }
        if (!firmware.features.isEmpty()) {
            options.add(UserClass.raw("iPXE"));
            List<SubOption> features = new ArrayList<>();
            firmware.features.forEach(code -> features.add(new SubOption(code, Bytes.ofHex("01"))));
            features.add(new SubOption(177, Bytes.ofHex("0180861521")));
            options.add(new IpxeOptions(features));
        }
        if (message == Message.ITEM) {
            options.add(PxeVendorOptions.of(new BootItem(Request.FIRSTLIGHT, 0)));
        }
        boolean discover = message == Message.DISCOVER;
        return new DhcpPacket(
                DhcpPacket.BOOTREQUEST,
                1,
                6,
                0,
                transactionId,
                4,
                discover ? DhcpPacket.BROADCAST_FLAG : 0,
                discover ? Ipv4Address.ANY : LEASED,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Bytes.ofHex((firmware == Firmware.RASPBERRY_PI ? PI_MAC : MAC) + "00".repeat(10)),
                "",
                "",
                options);
    }

    static Arrival arrival(Door door) {
        return door == Door.DHCP
                ? new Arrival(door, Ipv4Address.ANY, 68, SERVER, "192.168.1.0/24")
                : new Arrival(door, LEASED, 4011, SERVER, "192.168.1.0/24");
    }
}
