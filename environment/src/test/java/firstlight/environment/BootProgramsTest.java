package firstlight.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the machine's apt, and packages that dpkg-deb makes. */
class BootProgramsTest {
    private static final String GRUB = "usr/lib/grub/i386-efi/monolithic/grubnetia32.efi";
    private static final String DISKS = "usr/lib/grub/i386-efi/monolithic/gcdia32.efi";

    @TempDir
    Path folder;

    private FolderArchive archive;
    private Path root;

    @BeforeEach
    void anArchive() throws IOException, BuildFailedException {
        archive = new FolderArchive(folder.resolve("archive"), "trixie");
        root = folder.resolve("boot");
        publish(1);
    }

    @Test
    void aNewerPackageTakesThePlaceOfWhatWasPutThereButNotOfAnOperatorsOwn() throws Exception {
        place(false);
        assertThat(root.resolve("grubia32.efi")).hasContent(GRUB + " of version 1");
        Files.writeString(root.resolve("medium/gcdia32.efi"), "made by hand");

        publish(2);
        place(false);
        assertThat(root.resolve("grubia32.efi")).hasContent(GRUB + " of version 1");
        assertThat(place(true)).containsExactly("medium/gcdia32.efi");
        assertThat(root.resolve("grubia32.efi")).hasContent(GRUB + " of version 2");
        assertThat(root.resolve("medium/gcdia32.efi")).hasContent("made by hand");
    }

    /** Firmware comes to refuse old ones, and Debian puts those that take their place there first. */
    @Test
    void whatTheSecurityArchiveHasIsNewer() throws Exception {
        FolderArchive security = new FolderArchive(folder.resolve("security"), "trixie-security");
        String line = "deb [trusted=yes] copy:" + folder.resolve("security") + " bookworm-security main\n";
        Files.writeString(archive.etc().resolve("apt/sources.list"), line, StandardOpenOption.APPEND);
        place(true);
        assertThat(root.resolve("grubia32.efi")).as("it has no such release").hasContent(GRUB + " of version 1");

        security.component("main", List.of(security.built("grub-efi-ia32-unsigned", 2, List.of(GRUB, DISKS))));
        security.publish(List.of("main"));
        place(true);
        assertThat(root.resolve("grubia32.efi")).hasContent(GRUB + " of version 2");
    }

    @Test
    void anotherDataDirectoryFollowsAtItsNextStart() throws Exception {
        place(false);
        publish(2);
        BootPrograms.GRUB_IA32.place(
                folder.resolve("cache"), folder.resolve("another"), true, archive.etc(), Progress.SILENT);
        place(false);
        assertThat(root.resolve("grubia32.efi")).hasContent(GRUB + " of version 2");
    }

    @Test
    void whatACacheOfAnOlderFirstlightPutThereIsRenewed() throws Exception {
        place(false);
        Files.delete(folder.resolve("cache/boot-programs/placed"));
        publish(2);
        place(true);
        assertThat(root.resolve("grubia32.efi")).hasContent(GRUB + " of version 2");
    }

    @Test
    void whereAllWasPutByHandNoArchiveIsAsked() throws Exception {
        Files.createDirectories(root.resolve("medium"));
        Files.writeString(root.resolve("grubia32.efi"), "by hand");
        Files.writeString(root.resolve("medium/gcdia32.efi"), "by hand");
        Files.delete(archive.etc().resolve("apt/sources.list"));
        assertThat(place(false)).isEmpty();
    }

    private List<String> place(boolean refresh) throws BuildFailedException {
        return BootPrograms.GRUB_IA32.place(folder.resolve("cache"), root, refresh, archive.etc(), Progress.SILENT);
    }

    private void publish(int version) throws IOException, BuildFailedException {
        archive.component("main", List.of(archive.built("grub-efi-ia32-unsigned", version, List.of(GRUB, DISKS))));
        archive.publish(List.of("main"));
    }
}
