package firstlight.server;

import firstlight.environment.BootMedium;
import firstlight.environment.BootPrograms;
import firstlight.environment.BuildFailedException;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.model.IoReason;
import firstlight.server.configuration.DataDirectory;
import firstlight.server.imaging.ServerCertificate;
import firstlight.server.operator.OperatorError;
import firstlight.server.operator.ProgressLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code firstlight media}: for PCs that cannot boot from the network. */
@Command(
        name = "media",
        description =
                "Makes boot media for PCs that cannot boot from the network: the same medium starts BIOS and UEFI PCs (Secure "
                        + "Boot on or off), and offers the preboot client and the imaging environment.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight media iso firstlight.iso --server http://192.168.1.10:8080",
            "  firstlight media usb /dev/sdb --erase      erases /dev/sdb; the rest of it becomes a partition for images",
            "  firstlight media iso room12.iso --server http://192.168.1.10:8080 --start environment",
            "  firstlight media usb usb.raw --server http://10.1.0.1:8080 --address 10.1.0.9 --netmask 255.255.255.0",
            "  firstlight media usb usb.raw --size 8G     a file, to be copied onto a USB disk octet by octet"
        })
final class MediaCommand {
    private static final long MIB = 1L << 20;

    static final class Settings {
        @Option(
                names = "--server",
                paramLabel = "URL",
                description =
                        "Whom the preboot client asks, as http://ADDRESS:8080; without it, whoever answers its DHCP question.")
        @Nullable
        String server;

        @Option(
                names = "--pin",
                paramLabel = "SHA256",
                description =
                        "Of that server's certificate, as its start prints it: the environment trusts no other (default: that"
                                + " of --data).")
        @Nullable
        String pin;

        @ArgGroup(exclusive = false)
        @Nullable
        MediumAddress fixed;

        @Option(
                names = "--arguments",
                paramLabel = "WORDS",
                defaultValue = "",
                description = "More arguments for the environment's kernel.")
        String arguments = "";

        @Option(
                names = "--seconds",
                paramLabel = "N",
                defaultValue = "5",
                description = "How long its menu waits (default: ${DEFAULT-VALUE}).")
        int seconds;

        @Option(
                names = "--start",
                paramLabel = "WHAT",
                defaultValue = "network",
                description =
                        "What its menu takes by itself: network (the preboot client), environment (the imaging environment"
                                + " on the medium, which asks --server for work), prompt or local (default: ${DEFAULT-VALUE})."
                                + " A PC with Secure Boot takes the environment in place of the network.")
        BootMedium.Start start = BootMedium.Start.NETWORK;

        @Option(
                names = "--data",
                paramLabel = "DIR",
                defaultValue = "${env:FIRSTLIGHT_DATA:-" + DataDirectory.USUAL + "}",
                description = "The server's data directory, for its environment (default: ${DEFAULT-VALUE}).")
        Path data = Path.of(DataDirectory.USUAL);
    }

    @Command(
            name = "iso",
            description = "Makes a hybrid ISO file: for a CD, a virtual PC or, copied octet by octet, a USB disk (which"
                    + " 'media usb' makes at once).")
    void iso(
            @Mixin Settings settings,
            @Parameters(paramLabel = "FILE", description = "Where it is written.") Path file) {
        switch (MediumTarget.of(file)) {
            case MediumTarget.Plain(Path plain) -> {
                write(settings, plain);
                System.out.println(file + " is ready: " + size(plain) / MIB + " MiB");
            }
            case MediumTarget.Disk _ ->
                throw new OperatorError(file + " is a disk, no file", "firstlight media usb " + file + " --erase");
        }
    }

    @Command(
            name = "usb",
            description =
                    "Makes a USB disk, or a file that is copied onto one. What the medium leaves free becomes a FAT partition "
                            + "FIRSTLIGHT, where 'img make' and 'img restore' can keep images without any server.")
    void usb(
            @Mixin Settings settings,
            @Parameters(paramLabel = "DEVICE|FILE", description = "Such as /dev/sdb: all that is on it is lost.")
                    Path target,
            @Option(
                            names = "--size",
                            paramLabel = "SIZE",
                            defaultValue = "1G",
                            description = "Of a file, as 8G (default: ${DEFAULT-VALUE}).")
                    String size,
            @Option(names = "--erase", description = "Needed for a device: all that is on it is lost.") boolean erase) {
        long octets = octets(size);
        try {
            switch (MediumTarget.of(target)) {
                case MediumTarget.Disk(Path node) -> {
                    if (!erase) {
                        throw new OperatorError("all that is on " + target + " would be lost", "say so with --erase");
                    }
                    ontoDevice(settings, node);
                    // After the medium: it moves that one's partition table to the new end.
                    BootMedium.addImagePartition(node);
                }
                case MediumTarget.Plain(Path file) ->
                    whole(file, unfinished -> {
                        write(settings, unfinished);
                        grow(unfinished, octets, size);
                        BootMedium.addImagePartition(unfinished);
                    });
            }
        } catch (BuildFailedException e) {
            throw new OperatorError(String.valueOf(e.getMessage()), e.cure(), e);
        } catch (IOException e) {
            throw new OperatorError(target + " cannot be written: " + IoReason.of(e), "look whether it is in use", e);
        }
        System.out.println(target + " is ready");
    }

    /** What makes a medium in a file that is given. */
    interface Making {
        void into(Path unfinished) throws IOException, BuildFailedException;
    }

    /** The {@code file} that was there stays until the new one is whole. */
    static void whole(Path file, Making making) throws IOException, BuildFailedException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".making");
        try {
            making.into(unfinished);
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    static void grow(Path medium, long octets, String size) throws IOException {
        if (octets < size(medium) + 64 * MIB) {
            throw new OperatorError(
                    size + " is too small: the medium alone takes " + size(medium) / MIB + " MiB", "--size 1G");
        }
        try (FileChannel file = FileChannel.open(medium, StandardOpenOption.WRITE)) {
            // A hole: the file takes no more room than what is in it.
            file.write(ByteBuffer.allocate(1), octets - 1);
        }
    }

    /** Opened before the medium is made: a disk that is in use is told at once, not after minutes. */
    private static void ontoDevice(Settings settings, Path device) throws IOException {
        Path scratch = Files.createTempFile("firstlight", ".iso");
        try (BlockDevice disk = BlockDevice.open(device, Access.READ_WRITE)) {
            write(settings, scratch);
            if (disk.size() < size(scratch) + 64 * MIB) {
                throw new OperatorError(
                        device + " is too small: " + disk.size() / MIB + " MiB", "use one of 1 GB or more");
            }
            disk.zero(disk.size() - MIB, MIB); // an old table's second half
            try (FileChannel medium = FileChannel.open(scratch)) {
                ByteBuffer buffer = ByteBuffer.allocateDirect((int) MIB);
                for (long offset = 0; medium.read(buffer) >= 0; buffer.clear()) {
                    buffer.flip();
                    int length = buffer.remaining();
                    disk.write(offset, buffer);
                    offset += length;
                }
            }
            disk.flush();
        } finally {
            Files.delete(scratch);
        }
    }

    private static void write(Settings settings, Path file) {
        if (settings.server != null) {
            MediumAddress.checkServer(settings.server);
        }
        if (settings.server == null && settings.start == BootMedium.Start.ENVIRONMENT) {
            throw new OperatorError(
                    "--start environment asks a server, and none is named", "--server http://ADDRESS:8080");
        }
        DataDirectory directory = new DataDirectory(settings.data);
        Path boot = directory.boot();
        if (!Files.isRegularFile(boot.resolve("environment/initramfs.zst"))) {
            throw new OperatorError(
                    boot + " holds no imaging environment", "firstlight environment build --data " + settings.data);
        }
        ProgressLine line = new ProgressLine();
        try {
            BootPrograms.IPXE.place(EnvironmentCommand.cache(), boot, false, line::show);
            BootPrograms.MEDIUM.place(EnvironmentCommand.cache(), boot, false, line::show);
            BootPrograms.GRUB_IA32.place(EnvironmentCommand.cache(), boot, false, line::show);
            line.show("writing " + file, 0, 0);
            MediumAddress fixed = settings.fixed;
            new BootMedium(
                            boot,
                            new BootMedium.Settings(
                                    Optional.ofNullable(settings.server),
                                    pin(settings, directory),
                                    fixed == null ? Optional.empty() : Optional.of(fixed.checked(settings.server)),
                                    settings.arguments,
                                    settings.seconds,
                                    settings.start))
                    .write(file);
        } catch (BuildFailedException e) {
            throw new OperatorError(String.valueOf(e.getMessage()), e.cure(), e);
        } finally {
            line.end();
        }
    }

    /** Without one, a person who signs in from the medium must compare the certificate's SHA-256. */
    private static Optional<String> pin(Settings settings, DataDirectory directory) {
        String given = settings.pin;
        if (given != null) {
            if (!given.matches("[0-9a-fA-F]{64}")) {
                throw new OperatorError(
                        "--pin '" + given + "' is no SHA-256", "64 hexadecimal digits, as the server's start prints");
            }
            return Optional.of(given.toLowerCase(Locale.ROOT));
        }
        try {
            return settings.server == null ? Optional.empty() : ServerCertificate.kept(directory.tls());
        } catch (IOException e) {
            throw new OperatorError(String.valueOf(e.getMessage()), "--pin SHA256", e);
        }
    }

    /** Binary, as firmware and FAT count. */
    private static long octets(String size) {
        Matcher parts = Pattern.compile("(\\d{1,6})([MG])").matcher(size);
        if (!parts.matches()) {
            throw new OperatorError("--size '" + size + "' is no size", "write it as 800M or 8G");
        }
        return Long.parseLong(parts.group(1)) * (parts.group(2).equals("G") ? 1024 * MIB : MIB);
    }

    private static long size(Path file) {
        return file.toFile().length();
    }
}
