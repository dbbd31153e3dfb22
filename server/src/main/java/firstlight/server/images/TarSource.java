package firstlight.server.images;

import com.github.luben.zstd.ZstdInputStream;
import firstlight.image.ImageFailure;
import firstlight.image.addon.AddOnBuilder;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.AddOnEntry;
import firstlight.image.manifest.FileAttributes;
import firstlight.model.Bytes;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveStructSparse;
import org.tukaani.xz.XZInputStream;

/**
 * The files of a tar archive: plain, gzip, zstd or xz, as its first octets
 * say. Names are read as UTF-8 or as the archive's own pax headers say.
 */
public final class TarSource {
    /** How GNU tar and bsdtar keep extended attributes. */
    private static final String ATTRIBUTE = "SCHILY.xattr.";

    /** Octets. */
    private static final int BUFFER = 1 << 18;

    private final AddOnBuilder builder;
    private final Optional<long[]> owner;
    private final List<String> notes = new ArrayList<>();

    /** @param owner user and group of all files in place of their own */
    public TarSource(AddOnBuilder builder, Optional<long[]> owner) {
        this.builder = builder;
        this.owner = owner;
    }

    /** What was left out, in words. */
    public List<String> notes() {
        return Collections.unmodifiableList(notes);
    }

    /**
     * Closes it.
     *
     * @param archive is read to its end
     * @throws ImageFailure when it is no tar, or is cut short
     */
    public void add(InputStream archive) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(unpacked(archive), StandardCharsets.UTF_8.name())) {
            int count = 0;
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                add(entry, tar);
                count++;
            }
            if (count == 0) {
                throw new ImageFailure(
                        "This is no tar archive, or an empty one", "no file was found in it", "Look at it with tar -t");
            }
        } catch (ImageFailure failure) {
            throw failure;
        } catch (IOException | IllegalArgumentException broken) {
            throw new ImageFailure("The archive cannot be read", broken, "Look at it with tar -t");
        }
    }

    private static InputStream unpacked(InputStream archive) throws IOException {
        BufferedInputStream in = new BufferedInputStream(archive, BUFFER);
        in.mark(8);
        byte[] magic = in.readNBytes(6);
        in.reset();
        return switch (Bytes.of(magic, 0, Math.min(4, magic.length)).toHex()) {
            case "28b52ffd" -> new ZstdInputStream(in).setContinuous(false);
            case "fd377a58" -> new XZInputStream(in);
            case String hex when hex.startsWith("1f8b") -> new GZIPInputStream(in, BUFFER);
            default -> in;
        };
    }

    private void add(TarArchiveEntry entry, TarArchiveInputStream tar) throws IOException {
        String path = entry.getName();
        FileAttributes attributes = attributes(entry);
        if (entry.isDirectory()) {
            builder.folder(path, attributes, false);
        } else if (entry.isSymbolicLink()) {
            builder.link(path, attributes, entry.getLinkName());
        } else if (entry.isLink()) {
            builder.twin(path, entry.getLinkName());
        } else if (entry.isFIFO()) {
            builder.special(path, attributes, AddOnEntry.Special.Kind.FIFO, 0, 0);
        } else if (entry.isCharacterDevice()) {
            builder.special(
                    path, attributes, AddOnEntry.Special.Kind.CHARACTER, entry.getDevMajor(), entry.getDevMinor());
        } else if (entry.isBlockDevice()) {
            builder.special(path, attributes, AddOnEntry.Special.Kind.BLOCK, entry.getDevMajor(), entry.getDevMinor());
        } else if (entry.isFile() && tar.canReadEntryData(entry)) {
            builder.plain(path, attributes, entry.getRealSize(), data(entry), tar);
        } else {
            notes.add("'" + path + "' is of a kind that tar alone knows, and was left out");
        }
    }

    private static Extents data(TarArchiveEntry entry) throws IOException {
        if (!entry.isSparse()) {
            return Extents.of(0, entry.getRealSize());
        }
        Extents.Builder data = new Extents.Builder();
        for (TarArchiveStructSparse part : entry.getOrderedSparseHeaders()) {
            data.add(part.getOffset(), part.getOffset() + part.getNumbytes());
        }
        return data.build();
    }

    private FileAttributes attributes(TarArchiveEntry entry) {
        SortedMap<String, Bytes> extended = new TreeMap<>();
        for (Map.Entry<String, String> header : entry.getExtraPaxHeaders().entrySet()) {
            String name = header.getKey();
            // Labels are those of the system that the archive was made
            // on; they mean nothing on the one that it is laid over.
            if (!name.startsWith(ATTRIBUTE) || name.equals(ATTRIBUTE + "security.selinux")) {
                continue;
            }
            // The library reads values as text, and octets that are none are lost on the way.
            if (header.getValue().indexOf('\uFFFD') >= 0) {
                notes.add("the attribute " + name.substring(ATTRIBUTE.length()) + " of '" + entry.getName()
                        + "' is binary and was left out; --folder keeps it");
            } else {
                extended.put(
                        name.substring(ATTRIBUTE.length()),
                        Bytes.of(header.getValue().getBytes(StandardCharsets.UTF_8)));
            }
        }
        Instant modified = entry.getLastModifiedTime().toInstant();
        return new FileAttributes(
                entry.getMode() & 07777,
                owner.map(both -> both[0]).orElse(entry.getLongUserId()),
                owner.map(both -> both[1]).orElse(entry.getLongGroupId()),
                modified,
                extended);
    }
}
