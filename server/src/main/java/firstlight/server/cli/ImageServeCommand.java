package firstlight.server.cli;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Region;
import firstlight.image.nbd.NbdExports;
import firstlight.image.nbd.NbdExports.Export;
import firstlight.image.nbd.NbdServer;
import firstlight.image.store.StoreReader;
import firstlight.image.view.ImageDisk;
import firstlight.image.view.Overlay;
import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code firstlight image serve}. */
@Command(
        name = "serve",
        description = {
            "Serves an image as a block device by NBD, so that qemu-img, nbdfuse, nbd-client and others read it without a "
                    + "restore. The image never changes; every chunk is verified on its way out.",
            "The export without a name is the whole first disk; disk1p2 is the first disk's partition 2, disk2 the second "
                    + "disk. Reads the store of this host's data directory, as root, also while the server runs. Ends with Ctrl-C."
        },
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight image serve room12 --nbd /run/room12.sock",
            "  qemu-img convert -O qcow2 nbd+unix:///?socket=/run/room12.sock room12.qcow2",
            "  firstlight image serve room12@3 --nbd 10809 --writable",
            "  nbdfuse /mnt/p2 nbd://localhost/disk1p2"
        })
final class ImageServeCommand implements Runnable {
    @Parameters(paramLabel = "IMAGE[@VERSION]", description = "Without a version, the newest.")
    private String image = "";

    @Option(
            names = "--nbd",
            paramLabel = "SOCKET|PORT",
            required = true,
            description =
                    "A path for a Unix socket, which is its user's alone, or a TCP port of the loopback address, where every"
                            + " account of this host can read the image meanwhile.")
    private String where = "";

    @Option(
            names = "--writable",
            description = "Clients may write; what they write is forgotten when this command ends.")
    private boolean writable;

    @Mixin
    private LocalStore local = new LocalStore();

    @Spec
    private CommandSpec spec = CommandSpec.create(); // picocli sets the real one

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        try (StoreReader store = local.open()) {
            LocalStore.Chosen chosen = local.find(store, image);
            Map<String, Export> exports = new LinkedHashMap<>();
            List<DiskImage> disks = chosen.manifest().base().disks();
            for (int i = 0; i < disks.size(); i++) {
                add(exports, store, disks.get(i), "disk" + (i + 1));
            }
            try (NbdServer server = NbdServer.listen(address(), new NbdExports(exports), local::warn)) {
                out.println(chosen.name() + " at " + server.address() + ": " + String.join(", ", exports.keySet()));
                out.flush();
                new CountDownLatch(1).await();
            }
        } catch (ImageFailure failure) {
            throw new OperatorError(failure.what() + ": " + failure.cause(), failure.cure(), failure);
        } catch (IOException broken) {
            throw new OperatorError("the image cannot be served: " + broken.getMessage(), "", broken);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void add(Map<String, Export> exports, StoreReader store, DiskImage image, String name) throws IOException {
        exports.put(name, export(ImageDisk.of(name, image, store.source())));
        for (Region region : image.regions()) {
            if (region.partition() > 0) {
                String partition = name + "p" + region.partition();
                exports.put(partition, export(ImageDisk.of(partition, region, image.sectorSize(), store.source())));
            }
        }
    }

    private Export export(Disk disk) throws IOException {
        return writable ? new Export(Overlay.over(disk), false) : new Export(disk, true);
    }

    private SocketAddress address() {
        if (where.matches("\\d{1,9}")) {
            int port = Integer.parseInt(where);
            if (port > 65535) {
                throw new OperatorError("--nbd " + port + " is no port", "a port is a number up to 65535");
            }
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        }
        return UnixDomainSocketAddress.of(where);
    }
}
