package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LvmDevicesTest {
    /** As RHEL 9.2 writes it. */
    private static final String LIST = """
            # LVM uses devices listed in this file.
            # Created by LVM command vgimportdevices pid 1602 at Fri May 12 09:14:02 2023
            VERSION=1.1.1
            IDTYPE=sys_wwid IDNAME=t10.ATA_____Samsung_SSD_870_EVO__S6PTNM0T DEVNAME=/dev/sda3 PVID=5AyAPP6 PART=3
            """;

    @TempDir
    Path root;

    @TempDir
    Path sys;

    private Path list;

    @BeforeEach
    void aSystemWithAList() throws IOException {
        list = Files.createDirectories(root.resolve("etc/lvm/devices")).resolve("system.devices");
        Files.writeString(list, LIST);
        Files.createDirectories(sys.resolve("vda"));
        Files.createDirectories(sys.resolve("sda/device"));
    }

    @Test
    void onAnotherPcTheListIsSetAside() throws IOException {
        Files.writeString(sys.resolve("sda/device/wwid"), "t10.ATA     Samsung SSD 870 EVO  ANOTHER\n");
        assertThat(LvmDevices.apply(root, sys)).contains("/etc/lvm/devices/system.devices.captured");
        assertThat(list).doesNotExist();
        assertThat(list.resolveSibling("system.devices.captured")).hasContent(LIST);
    }

    @Test
    void onThePcThatItIsOfItStays() throws IOException {
        Files.writeString(sys.resolve("sda/device/wwid"), "t10.ATA     Samsung SSD 870 EVO  S6PTNM0T\n");
        assertThat(LvmDevices.apply(root, sys)).isEmpty();
        assertThat(list).hasContent(LIST);
    }

    @Test
    void aDiskWhoseNumberIsNoTextHindersNothing() throws IOException {
        Files.write(sys.resolve("vda/serial"), new byte[] {(byte) 0xFF, 'a', '\n'});
        assertThat(LvmDevices.apply(root, sys)).contains("/etc/lvm/devices/system.devices.captured");
    }

    @Test
    void whatLvmFindsByItselfStays() throws IOException {
        Files.writeString(list, "IDTYPE=devname IDNAME=/dev/vda3 DEVNAME=/dev/vda3 PVID=5AyAPP6 PART=3\n");
        assertThat(LvmDevices.apply(root, sys)).isEmpty();
        assertThat(list).exists();
    }

    @Test
    void aLinkLeadsNowhere() throws IOException {
        Files.delete(list);
        Path ours = Files.writeString(root.resolve("ours"), LIST);
        Files.createSymbolicLink(list, ours);
        assertThat(LvmDevices.apply(root, sys)).isEmpty();
        assertThat(ours).hasContent(LIST);
    }
}
