package firstlight.server.cli;

import firstlight.image.Amount;
import firstlight.image.ImageFailure;
import firstlight.image.luks.KeyRing;
import firstlight.image.manifest.DiskImage;
import firstlight.image.resize.DiskLayout;
import firstlight.image.resize.LayoutPlan;
import firstlight.image.resize.Shortest;
import firstlight.image.resize.Wishes;
import firstlight.image.store.StoreReader;
import firstlight.model.IoReason;
import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code firstlight image fit}. */
@Command(
        name = "fit",
        description =
                "Says whether an image fits a disk of another size, what a restore would do, and by how much it is too "
                        + "large or too small. Nothing is written. Reads the store of this host's data directory, as root or the "
                        + "server's user; where file systems must shrink, their own tools look into the image, for which it must be "
                        + "root; so it must be where LUKS partitions are to be looked into.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight image fit room12 --disk 240GB",
            "  firstlight image fit room12@3 --disk 1TB --grow 3",
            "  firstlight image fit server --disk 1TB --grow ubuntu-vg/ubuntu-lv",
            "  firstlight image fit room12 --disk 476.9G:4096"
        })
final class ImageFitCommand implements Runnable {
    private static final Pattern DISK = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,3})?)([KMGT]?)(B?)(?::(512|4096))?");

    @Parameters(paramLabel = "IMAGE[@VERSION]", description = "Without a version, the newest.")
    private String image = "";

    @Option(
            names = "--disk",
            paramLabel = "SIZE[:SECTOR]",
            required = true,
            description =
                    "The target: octets, or with K, M, G, T (of 1024) or KB, MB, GB, TB (of 1000); sectors of 512 or "
                            + "4096 octets (default: the image's). Once for each disk of the image.")
    private List<String> disks = new ArrayList<>();

    @Option(
            names = "--grow",
            paramLabel = "N|VG/LV",
            defaultValue = "largest",
            description =
                    "The partition, or the volume of LVM, that takes what a larger disk has more, or none (default: the largest).")
    private String grow = "largest";

    @Mixin
    private LocalStore local = new LocalStore();

    @Spec
    private CommandSpec spec = CommandSpec.create(); // picocli sets the real one

    @Override
    public void run() {
        try (StoreReader store = local.open()) {
            LocalStore.Chosen chosen = local.find(store, image);
            Wishes wishes = Wishes.of(Map.of(Wishes.GROW, grow));
            Shortest shortest = new Shortest(store.source(), keys());
            List<DiskImage> images = chosen.manifest().base().disks();
            if (disks.size() != images.size()) {
                throw notOneForEach(images);
            }
            boolean isRoom = false;
            for (int i = 0; i < images.size(); i++) {
                DiskImage disk = images.get(i);
                isRoom |= target(disks.get(i), disk.sectorSize()).size() > disk.size();
            }
            shortest.check(images, wishes.grow(), isRoom);
            List<Shortest.Wanted> wanted = new ArrayList<>();
            for (int i = 0; i < images.size(); i++) {
                DiskImage disk = images.get(i);
                Target target = target(disks.get(i), disk.sectorSize());
                String name = images.size() == 1 ? "the disk" : "disk " + (i + 1);
                wanted.add(new Shortest.Wanted(
                        disk,
                        target.sectorSize(),
                        least -> LayoutPlan.of(disk, name, target.size(), target.sectorSize(), wishes.grow(), least)));
            }
            List<DiskLayout> layouts = shortest.layout(wanted, Set.of());
            for (int i = 0; i < layouts.size(); i++) {
                DiskLayout layout = layouts.get(i);
                if (layouts.size() > 1) {
                    spec.commandLine().getOut().println("disk " + (i + 1) + ":");
                }
                layout.words().forEach(spec.commandLine().getOut()::println);
                layout.notes().forEach(spec.commandLine().getOut()::println);
            }
            spec.commandLine().getOut().flush();
        } catch (ImageFailure failure) {
            throw new OperatorError(failure.what() + ": " + failure.cause(), failure.cure(), failure);
        } catch (IllegalArgumentException wrong) {
            throw new OperatorError(String.valueOf(wrong.getMessage()), "see firstlight image fit --help", wrong);
        } catch (IOException broken) {
            throw new OperatorError("the image cannot be read: " + IoReason.withFile(broken), "", broken);
        }
    }

    /** A restore writes to as many, and what is said of one of them only would say nothing of whether the image fits. */
    private OperatorError notOneForEach(List<DiskImage> images) {
        List<String> sizes =
                images.stream().map(disk -> Amount.mib(disk.size())).toList();
        boolean one = images.size() == 1;
        return new OperatorError(
                "'" + image + "' has " + (one ? "1 disk (" : images.size() + " disks (") + String.join(", ", sizes)
                        + "), and " + disks.size() + (disks.size() == 1 ? " target is" : " targets are") + " given",
                "give --disk " + (one ? "once" : "once for each, in this order"));
    }

    /** What is encrypted cannot be looked into but by root, as everything that takes a view of the image. */
    private KeyRing keys() {
        boolean root = "root".equals(System.getProperty("user.name"));
        return root ? new KeyRing(LocalFiles.passphrases(local.data())) : KeyRing.empty();
    }

    /** @param size octets, of whole sectors */
    private record Target(long size, int sectorSize) {}

    private static Target target(String text, int usual) {
        Matcher disk = DISK.matcher(text);
        if (!disk.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no disk's size: write 240GB, 1T or 256060514304:4096");
        }
        int sector = disk.group(4) == null ? usual : Integer.parseInt(disk.group(4));
        double unit = Math.pow(disk.group(3).isEmpty() ? 1024 : 1000, "KMGT".indexOf(disk.group(2)) + 1);
        double octets = Double.parseDouble(disk.group(1)) * (disk.group(2).isEmpty() ? 1 : unit);
        return new Target((long) octets / sector * sector, sector);
    }
}
