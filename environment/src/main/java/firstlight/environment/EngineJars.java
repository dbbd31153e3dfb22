package firstlight.environment;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.jar.Attributes.Name;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * The engine and its libraries as the initramfs holds them: classes stored without compression of their own, native
 * code beside the jars instead of within, for this architecture only.
 */
final class EngineJars {
    /** Where zstd-jni keeps the library of this architecture; others' are left out. */
    private static final String OUR_NATIVES = "linux/amd64/";

    private static final LocalDateTime TIME = LocalDateTime.ofInstant(Cpio.TIME, ZoneOffset.UTC);

    private final List<Path> jars;

    private EngineJars(List<Path> jars) {
        this.jars = jars;
    }

    /**
     * @param home where Firstlight's own build is
     * @throws BuildFailedException when the engine is not built
     */
    static EngineJars of(Path home) throws BuildFailedException, IOException {
        Path target = home.resolve("engine/target");
        Path engine = target.resolve("engine.jar");
        List<Path> jars = new ArrayList<>();
        if (Files.isRegularFile(engine)) {
            jars.add(engine);
            // The folder may hold libraries of an earlier build
            // besides; the engine's own jar names those that it needs.
            for (String name : classPath(engine)) {
                // jspecify's annotations have no use at run time.
                if (!name.startsWith("jspecify")) {
                    jars.add(target.resolve("lib").resolve(name));
                }
            }
        }
        if (jars.size() < 2 || !jars.stream().allMatch(Files::isRegularFile)) {
            throw new BuildFailedException(
                    "the imaging engine is not built: no jars in " + target, "run ./firstlight build");
        }
        return new EngineJars(jars);
    }

    private static List<String> classPath(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            Manifest manifest = file.getManifest();
            String names =
                    manifest == null ? null : manifest.getMainAttributes().getValue(Name.CLASS_PATH);
            return names == null ? List.of() : List.of(names.split(" ", -1));
        }
    }

    List<Path> files() {
        return jars;
    }

    /** Writes the jars to {@code folder} as the initramfs holds them, and answers with them in class path order. */
    List<Path> stage(Path folder) throws IOException {
        List<Path> staged = new ArrayList<>();
        for (Path jar : jars) {
            Path slim = folder.resolve(jar.getFileName());
            Files.write(slim, slimmed(jar, folder));
            // Java remembers the time of a jar whose classes it has archived; cpio gives every file this one.
            Files.setLastModifiedTime(slim, FileTime.from(Cpio.TIME));
            staged.add(slim);
        }
        return staged;
    }

    /** {@code jar} without natives; ours go into {@code folder}. Signatures go as well: they would not fit the jar any more. */
    private static byte[] slimmed(Path jar, Path folder) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipFile in = new ZipFile(jar.toFile());
                ZipOutputStream out = new ZipOutputStream(bytes)) {
            List<? extends ZipEntry> entries = in.stream()
                    .filter(entry -> !entry.isDirectory())
                    .sorted(Comparator.comparing(ZipEntry::getName))
                    .toList();
            for (ZipEntry entry : entries) {
                byte[] content;
                try (InputStream stream = in.getInputStream(entry)) {
                    content = stream.readAllBytes();
                }
                String name = entry.getName();
                if (name.matches(".*\\.(so|dll|dylib|jnilib)")) {
                    if (name.startsWith(OUR_NATIVES)) {
                        Files.write(folder.resolve(name.substring(name.lastIndexOf('/') + 1)), content);
                    }
                } else if (!name.startsWith("META-INF/maven/") && !name.matches("META-INF/.*\\.(SF|RSA|DSA)")) {
                    store(out, name, content);
                }
            }
        }
        return bytes.toByteArray();
    }

    private static void store(ZipOutputStream out, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        entry.setTimeLocal(TIME);
        out.putNextEntry(entry);
        out.write(content);
        out.closeEntry();
    }
}
