package firstlight.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveTest {
    @TempDir
    Path folder;

    @Test
    void theSameTreeGivesTheSameOctetsWhateverItsOrderAndItsFilesTimes() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "content");
        Tree first = new Tree()
                .link("usr/bin/sh", "busybox")
                .copy("usr/bin/busybox", file)
                .directory("proc");
        byte[] before = cpio(first);
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        Tree second = new Tree().directory("proc").copy("bin/busybox", file).link("bin/sh", "busybox");
        assertThat(cpio(second)).isEqualTo(before);
    }

    @Test
    void anotherReaderFindsEveryKindOfNode() throws IOException {
        Path program = Files.writeString(folder.resolve("program"), "#!/bin/sh\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        byte[] octets = cpio(new Tree()
                .copy("usr/bin/program", program)
                .content("etc/hosts", "127.0.0.1 localhost\n".getBytes(StandardCharsets.UTF_8), false)
                .link("bin", "usr/bin")
                .device("dev/console", 5, 1, 0600));
        List<String> found = new ArrayList<>();
        try (var in = new CpioArchiveInputStream(new ByteArrayInputStream(octets))) {
            for (CpioArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                found.add(entry.getName() + " " + Long.toOctalString(entry.getMode()) + " " + entry.getSize());
                assertThat(entry.getTime()).isEqualTo(Cpio.TIME.getEpochSecond());
            }
        }
        assertThat(found)
                .containsExactly(
                        "bin 120777 7",
                        "dev 40755 0",
                        "dev/console 20600 0",
                        "etc 40755 0",
                        "etc/hosts 100644 20",
                        "usr 40755 0",
                        "usr/bin 40755 0",
                        "usr/bin/program 100755 10");
    }

    @Test
    void aPartIsKeptUntilItsInputsChange() throws Exception {
        Part.Maker maker = tree -> {
            tree.content("a", new byte[] {1}, false);
            return "one file";
        };
        Part made = Part.of(folder, "base", Packing.ARCHIVE, List.of("1", "x"), maker, Progress.SILENT);
        Part kept = Part.of(folder, "base", Packing.ARCHIVE, List.of("1", "x"), maker, Progress.SILENT);
        Part other = Part.of(folder, "base", Packing.ARCHIVE, List.of("1x"), maker, Progress.SILENT);
        assertThat(made.report().kept()).isFalse();
        assertThat(kept.report().kept()).isTrue();
        assertThat(kept.report().unpackedBytes()).isEqualTo(made.report().unpackedBytes());
        assertThat(other.report().kept()).isFalse();
        assertThat(other.file()).isNotEqualTo(made.file()).hasSameBinaryContentAs(made.file());
    }

    @Test
    void anUpdatesFolderWithoutFilesIsNone() throws Exception {
        assertThat(UpdatesArchive.of(folder)).isEmpty();
        assertThatThrownBy(() -> UpdatesArchive.of(folder.resolve("absent")))
                .isInstanceOf(BuildFailedException.class)
                .hasMessageContaining("is not there");
    }

    /** A PC would miss its firmware, and nobody would have said so. */
    @Test
    void aLinkInAnUpdatesFolderIsFollowedKeptOrToldButNeverPassedOver() throws Exception {
        Path kernel = folder.resolve("kernel");
        write(kernel.resolve("boot/vmlinuz-6.1.0-1-amd64"));
        Packages packages = Packages.of(List.of(kernel));
        write(folder.resolve("elsewhere/nic.fw"));
        Path updates = folder.resolve("updates");
        write(updates.resolve("firmware/own.fw"));
        write(updates.resolve("root/etc/motd"));
        Files.createSymbolicLink(updates.resolve("firmware/nic.fw"), folder.resolve("elsewhere/nic.fw"));
        Files.createSymbolicLink(updates.resolve("root/etc/issue.d"), Path.of("/run"));
        Tree tree = new Tree();
        UpdatesArchive.of(updates).orElseThrow().addTo(tree, packages);
        assertThat(tree.nodes().get("usr/lib/firmware/nic.fw")).isInstanceOf(Tree.Node.Copy.class);
        assertThat(tree.nodes().get("etc/issue.d")).isEqualTo(new Tree.Node.Link("/run"));
        assertThat(UpdatesArchive.of(updates).orElseThrow().inputs()).contains("root/etc/issue.d /run");

        assertThat(UpdatesArchive.of(updates).orElseThrow().notes()).isEmpty();

        Files.createSymbolicLink(updates.resolve("firmware/acme"), folder.resolve("elsewhere"));
        Files.createSymbolicLink(folder.resolve("elsewhere/again"), folder.resolve("elsewhere"));
        Files.createSymbolicLink(updates.resolve("firmware/gone.fw"), folder.resolve("absent"));
        Files.createSymbolicLink(updates.resolve(".#modules"), Path.of("anna@host.1234"));
        Files.createSymbolicLink(updates.resolve("more"), folder.resolve("elsewhere"));
        UpdatesArchive linked = UpdatesArchive.of(updates).orElseThrow();
        Tree more = new Tree();
        linked.addTo(more, packages);
        assertThat(more.nodes().get("usr/lib/firmware/acme/nic.fw")).isInstanceOf(Tree.Node.Copy.class);
        assertThat(more.nodes().keySet()).noneMatch(path -> path.contains("gone") || path.contains("again"));
        assertThat(linked.inputs()).anyMatch(input -> input.startsWith("firmware/acme/nic.fw "));
        assertThat(linked.notes())
                .satisfiesExactly(
                        note -> assertThat(note).endsWith(".#modules is a link that leads to nothing"),
                        note -> assertThat(note)
                                .endsWith("firmware/acme/again is a link that leads to a folder that it is in"),
                        note -> assertThat(note).endsWith("firmware/gone.fw is a link that leads to nothing"),
                        note -> assertThat(note).contains("more is a link that leads to a folder, which is followed"));
    }

    @Test
    void anUpdatesFolderIsLaidOutAndWhatHasNoPlaceIsNamed() throws Exception {
        Path kernel = folder.resolve("kernel");
        write(kernel.resolve("boot/vmlinuz-6.1.0-1-amd64"));
        Packages packages = Packages.of(List.of(kernel));
        Path updates = folder.resolve("updates");
        write(updates.resolve("firmware/acme/nic.fw"));
        write(updates.resolve("root/etc/motd"));
        write(updates.resolve("quirk.sh"));
        Tree tree = new Tree();
        assertThat(UpdatesArchive.of(updates).orElseThrow().addTo(tree, packages))
                .isEqualTo("0 kernel modules, 1 scripts");
        assertThat(tree.nodes())
                .containsKeys("usr/lib/firmware/acme/nic.fw", "etc/motd", "firstlight/updates.d/quirk.sh");

        write(updates.resolve("driver.ko"));
        assertThatThrownBy(() -> UpdatesArchive.of(updates).orElseThrow().addTo(new Tree(), packages))
                .hasMessageContaining("driver.ko is no kernel module");
        Files.move(updates.resolve("driver.ko"), updates.resolve("driver.zip"));
        assertThatThrownBy(() -> UpdatesArchive.of(updates).orElseThrow().addTo(new Tree(), packages))
                .hasMessageContaining("driver.zip is neither driver");
    }

    /** All of them are in the base's image, and an updates archive is unpacked into memory as a whole. */
    @Test
    void anUpdatesArchiveHasOnlyTheModulesThatTheBaseHasNot() throws Exception {
        Path kernel = folder.resolve("kernel");
        write(kernel.resolve("boot/vmlinuz-6.1.0-1-amd64"));
        Path modules = kernel.resolve("lib/modules/6.1.0-1-amd64/kernel");
        ElfFiles.module(modules.resolve("drivers/hid/hid.ko"), "firmware=hid.fw");
        ElfFiles.module(modules.resolve("drivers/hid/usbhid/usbhid.ko"), "depends=hid", "alias=usb:v*");
        ElfFiles.module(modules.resolve("drivers/far/far.ko"), "depends=hid", "firmware=far.fw", "alias=pci:v*");
        write(kernel.resolve("lib/firmware/hid.fw"));
        write(kernel.resolve("lib/firmware/far.fw"));
        Packages packages = Packages.of(List.of(kernel));
        Path updates = folder.resolve("updates");
        Files.createDirectories(updates);
        Files.writeString(updates.resolve("modules"), "kernel/drivers/far/\n");
        Tree tree = new Tree();
        assertThat(UpdatesArchive.of(updates).orElseThrow().addTo(tree, packages))
                .isEqualTo("1 kernel modules, 0 scripts");
        String below = "usr/lib/modules/6.1.0-1-amd64/";
        assertThat(tree.nodes().keySet())
                .contains(below + "kernel/drivers/far/far.ko", "usr/lib/firmware/far.fw")
                .doesNotContain(
                        below + "kernel/drivers/hid/hid.ko",
                        below + "kernel/drivers/hid/usbhid/usbhid.ko",
                        "usr/lib/firmware/hid.fw");
        assertThat(text(tree, below + "modules.dep"))
                .contains(
                        "kernel/drivers/far/far.ko: kernel/drivers/hid/hid.ko\n",
                        "kernel/drivers/hid/usbhid/usbhid.ko: kernel/drivers/hid/hid.ko\n");
        assertThat(text(tree, below + "modules.alias")).contains("alias usb:v* usbhid\n", "alias pci:v* far\n");

        // One's own in the place of one of the base's, by a link, which means nothing in a PC.
        Path built = folder.resolve("built/hid-2.ko");
        ElfFiles.module(built, "vermagic=6.1.0-1-amd64 SMP", "firmware=own.fw");
        Files.createSymbolicLink(updates.resolve("hid.ko"), built);
        Tree own = new Tree();
        UpdatesArchive.of(updates).orElseThrow().addTo(own, packages);
        assertThat(own.nodes().get(below + "updates/hid.ko")).isInstanceOf(Tree.Node.Copy.class);
        assertThat(text(own, below + "modules.dep")).contains("kernel/drivers/hid/usbhid/usbhid.ko: updates/hid.ko\n");
    }

    private static String text(Tree tree, String path) {
        return tree.nodes().get(path) instanceof Tree.Node.Content content
                ? new String(content.bytes().toArray(), StandardCharsets.UTF_8)
                : "";
    }

    /** As busybox's modprobe reads it: of files whose names end in .conf alone. */
    @Test
    void keyboardsThatWantADriverOfTheirOwnAreTakenByTheGeneralOne() throws Exception {
        Path kernel = folder.resolve("kernel");
        write(kernel.resolve("boot/vmlinuz-6.1.0-1-amd64"));
        Tree tree = new Tree();
        new BaseTree(Packages.of(List.of(kernel)), tree).addScripts();
        assertThat(text(tree, "etc/modprobe.d/firstlight.conf").lines())
                .contains("options hid ignore_special_drivers=1");
    }

    private static void write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "x");
    }

    private static byte[] cpio(Tree tree) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(Cpio.write(tree, out)).isEqualTo(out.size());
        return out.toByteArray();
    }
}
