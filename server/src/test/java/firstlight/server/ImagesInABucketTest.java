package firstlight.server;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Progress;
import firstlight.image.capture.IfUnreadable;
import firstlight.image.disk.Tool;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.S3Store;
import firstlight.image.store.VersionNotes;
import firstlight.server.configuration.Configuration;
import firstlight.server.configuration.ConfigurationFile;
import firstlight.server.configuration.DataDirectory;
import firstlight.server.images.DiskImport;
import firstlight.server.vault.Vault;
import firstlight.testkit.S3Server;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that read the images themselves, when the server keeps these in a bucket. Needs root. */
class ImagesInABucketTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private static void shell(String script) throws Exception {
        Tool tool = Tool.run(List.of("bash", "-ec", script));
        assertThat(tool.exit()).as(tool.output()).isZero();
    }

    private int firstlight(String... words) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(words);
    }

    private Path configured(S3Server s3) throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "secret\n");
        return Files.writeString(folder.resolve("firstlight.yaml"), """
                images:
                  store: s3://images/office
                  s3: {endpoint: "%s", access-key: key, secret-key-file: "%s"}
                """.formatted(s3.endpoint(), secret));
    }

    @Test
    void filesAreListedAndAWimIsWrittenBesideTheServerThatHasTheStoreOpen() throws Exception {
        Path ntfs = folder.resolve("ntfs");
        Path wim = folder.resolve("win.wim");
        shell("""
                cd '%s'; truncate -s 20M ntfs; mkntfs -q -F -Q ntfs; head -c 3000000 /dev/urandom > report
                ntfscp -q ntfs report report.txt
                """.formatted(folder));
        DataDirectory data = new DataDirectory(Files.createDirectory(folder.resolve("data")));
        try (S3Server s3 = S3Server.start(folder.resolve("s3"))) {
            Path yaml = configured(s3);
            Configuration configuration = ConfigurationFile.read(yaml);
            try (ImageStore store = S3Store.open(configuration.images().s3().orElseThrow(), data.spool())) {
                new DiskImport(
                                ntfs,
                                new ImageName("win"),
                                Optional.of("raw"),
                                512,
                                IfUnreadable.STOP,
                                new Vault(folder),
                                folder)
                        .run(store, new VersionNotes.Entry(Instant.EPOCH, "ann", "imported"), Progress.SILENT);
                data.keep(Optional.of(yaml));
                String where = data.path().toString();

                assertThat(firstlight("image", "ls", "win", "/", "--data", where))
                        .as(err.toString())
                        .isZero();
                assertThat(out.toString()).contains("report.txt");
                assertThat(firstlight("image", "export", "win", wim.toString(), "--wim", "--data", where))
                        .as(err.toString())
                        .isZero();
                shell("wimextract '%1$s' 1 /report.txt --to-stdout | cmp - '%2$s/report'".formatted(wim, folder));
            }
        }
    }

    @Test
    void aConfigurationThatIsGoneIsNamedAndAStartWithoutOneIsRemembered() throws Exception {
        DataDirectory data = new DataDirectory(folder);
        data.keep(Optional.of(folder.resolve("gone.yaml")));
        assertThat(firstlight("image", "ls", "win", "--data", folder.toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("gone.yaml: it is not there", "start the server with the one that holds");

        data.keep(Optional.empty());
        assertThat(firstlight("image", "ls", "win", "--data", folder.toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("There is no image store in " + folder);
    }
}
