package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.disk.Tool;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Region;
import firstlight.image.nbd.NbdExports;
import firstlight.image.nbd.NbdExports.Export;
import firstlight.image.nbd.NbdServer;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.StoreReader;
import firstlight.image.view.ImageDisk;
import firstlight.image.view.Overlay;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image as a block device, read by the clients that other people wrote. */
class ServedTest {
    @TempDir
    Path folder;

    private Path source;
    private Path store;
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    @BeforeEach
    void anImageOfADiskWithRawPartitions() throws IOException {
        Lab lab = new Lab(folder);
        source = lab.disk("source", "64M");
        // Raw, so that the image holds every octet and can be compared with the source whole.
        Shell.run("""
                sgdisk -n 1:2048:+20M -n 2:0:+30M -n 3:0:0 '%1$s' >/dev/null
                head -c 15M /dev/urandom | dd of='%1$s' bs=1M seek=1 conv=notrunc status=none
                head -c 5M /dev/urandom | dd of='%1$s' bs=1M seek=40 conv=notrunc status=none
                """.formatted(source));
        store = folder.resolve("store");
        try (ImageStore open = DiskStore.open(store)) {
            Lab.image(source, 512, open);
        }
    }

    @FunctionalInterface
    private interface Use {
        void use(StoreReader store, DiskImage image) throws IOException;
    }

    private void withImage(Use use) throws IOException {
        try (ImageStore server = DiskStore.open(store); // reading goes on beside it
                StoreReader reader = StoreReader.open(store)) {
            ImageVersion version = reader.find(new ImageName("test"), 0).orElseThrow();
            use.use(reader, reader.open(version).disks().getFirst());
            assertThat(server.list()).hasSize(1);
        }
    }

    @Test
    void qemuReadsTheWholeDiskOverAUnixSocketAsTheSourceWas() throws IOException {
        Path socket = folder.resolve("nbd.sock");
        withImage((reader, image) -> {
            NbdExports exports = NbdExports.of(ImageDisk.of("whole", image, reader.source()), true);
            try (NbdServer _ = NbdServer.listen(UnixDomainSocketAddress.of(socket), exports, complaints::add)) {
                Shell.run("qemu-img convert -O raw 'nbd+unix:///?socket=%s' '%s/copy'; cmp '%s' '%s/copy'"
                        .formatted(socket, folder, source, folder));
                Tool write =
                        Tool.run(List.of("qemu-io", "-f", "raw", "-c", "write 0 512", "nbd+unix:///?socket=" + socket));
                assertThat(write.succeeded()).isFalse();
            }
        });
        assertThat(socket).doesNotExist();
        assertThat(complaints).isEmpty();
    }

    @Test
    void partitionsAreExportsOfTheirOwnOverTcpAndWritingThemLeavesTheImageAlone() throws IOException {
        withImage((reader, image) -> {
            Map<String, Export> exports = new LinkedHashMap<>();
            for (Region region : image.regions()) {
                if (region.partition() > 0) {
                    Disk disk = ImageDisk.of("p" + region.partition(), region, 512, reader.source());
                    exports.put("p" + region.partition(), new Export(Overlay.over(disk), false));
                }
            }
            try (NbdServer server = NbdServer.listen(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    new NbdExports(exports),
                    complaints::add)) {
                String url = "nbd://127.0.0.1:" + ((InetSocketAddress) server.address()).getPort() + "/p2";
                assertThat(Shell.run(
                                "qemu-nbd --list -b 127.0.0.1 -p " + ((InetSocketAddress) server.address()).getPort()))
                        .contains("export: 'p1'", "export: 'p2'", "size:  31457280");
                Shell.run("""
                        qemu-img convert -O raw %1$s '%2$s/p2'
                        cmp -n 30M '%2$s/p2' <(dd if='%3$s' bs=1M skip=21 count=30 status=none)
                        """.formatted(url, folder, source));
                Shell.run("""
                        qemu-io -f raw -c 'write -P 0x41 1000 3000' -c 'write -z 65536 100000' -c 'discard 20M 1M' \
                          -c flush -c 'read -P 0x41 1000 3000' -c 'read -P 0 65536 100000' -c 'read -P 0 20M 1M' %s
                        """.formatted(url));
                Tool outside = Tool.run(List.of("qemu-io", "-f", "raw", "-c", "write 40M 512", url));
                assertThat(outside.succeeded()).isFalse();
            }
        });
        assertThat(complaints).isEmpty();
    }

    @Test
    void anOverlayReadsAsADiskThatWasWritten() throws IOException {
        withImage((reader, image) -> {
            Random random = new Random(4);
            byte[] model = Files.readAllBytes(source);
            try (Disk overlay = Overlay.over(ImageDisk.of("whole", image, reader.source()))) {
                for (int round = 0; round < 3000; round++) {
                    int length = 1 + random.nextInt(random.nextBoolean() ? 5000 : 300_000);
                    int at = random.nextInt(model.length - length + 1);
                    switch (random.nextInt(3)) {
                        case 0 -> {
                            byte[] octets = new byte[length];
                            random.nextBytes(octets);
                            overlay.write(at, ByteBuffer.wrap(octets));
                            System.arraycopy(octets, 0, model, at, length);
                        }
                        case 1 -> {
                            overlay.zero(at, length);
                            Arrays.fill(model, at, at + length, (byte) 0);
                        }
                        default -> {
                            ByteBuffer octets = ByteBuffer.allocate(length);
                            overlay.read(at, octets);
                            assertThat(octets.flip().equals(ByteBuffer.wrap(model, at, length)))
                                    .as("round %d: %d octets at %d", round, length, at)
                                    .isTrue();
                        }
                    }
                }
            }
        });
    }
}
