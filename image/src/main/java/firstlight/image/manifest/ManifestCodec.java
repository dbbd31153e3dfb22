package firstlight.image.manifest;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import firstlight.image.ImageFailure;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkId;
import firstlight.image.table.TableSectors;
import firstlight.model.Bytes;
import firstlight.model.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import tools.jackson.core.JacksonException;

/**
 * A manifest's file; docs/format/image.md tells it in full.
 *
 * <pre>
 *   8  89 46 4C 49 0D 0A 1A 0A    magic: not text, and a transfer "as text" breaks it visibly
 *   4  version, u32 BE            1: disks; 2: an add-on, which a program that knows 1 alone must not take for no disks
 *   n  one zstd frame:            u32 BE header length, header (JSON, UTF-8), then one table per region with blocks,
 *                                 or an add-on's table
 *  32  SHA-256 of all of the above
 * </pre>
 */
public final class ManifestCodec {
    static final int DISKS = 1;
    static final int ADD_ON = 2;
    private static final byte[] MAGIC = {(byte) 0x89, 'F', 'L', 'I', '\r', '\n', 0x1A, '\n'};
    private static final int PREFIX = MAGIC.length + 4;
    private static final int DIGEST = 32;

    /** Four times what a server takes; more is a mistake or an attack. */
    private static final long MAX_PLAIN = 1L << 30;

    private ManifestCodec() {}

    public static byte[] encode(Manifest manifest) {
        byte[] header = HeaderJson.write(ManifestHeader.of(manifest, manifest.chunkSize()));
        Plain plain = new Plain(header.length + 1024 + tables(manifest));
        plain.writeBytes(ByteBuffer.allocate(4).putInt(header.length).array());
        plain.writeBytes(header);
        manifest.addOn().ifPresent(addOn -> AddOnCodec.encode(addOn, plain));
        for (DiskImage disk : manifest.disks()) {
            for (Region region : disk.regions()) {
                if (region.content() instanceof Content.Blocks blocks) {
                    BlocksCodec.encode(blocks, plain);
                }
            }
        }
        return file(manifest.addOn().isPresent() ? ADD_ON : DISKS, plain);
    }

    /** What a large disk's manifest is made in: hundreds of MiB, which are not to be copied in a small PC. */
    private static final class Plain extends ByteArrayOutputStream {
        Plain(long size) {
            super(Math.toIntExact(size));
        }

        int packInto(byte[] file, int from) {
            try (ZstdCompressCtx compressor = new ZstdCompressCtx()) {
                compressor.setLevel(3).setContentSize(true);
                return compressor.compressByteArray(file, from, file.length - from, buf, 0, count);
            }
        }
    }

    /** About so long, and hardly more: an array that grows is copied. */
    private static long tables(Manifest manifest) {
        long[] octets = new long[1];
        manifest.forEachChunk(_ -> octets[0] += ChunkId.LENGTH);
        for (DiskImage disk : manifest.disks()) {
            for (Region region : disk.regions()) {
                if (region.content() instanceof Content.Blocks blocks) {
                    octets[0] += 8L * blocks.used().count();
                }
            }
        }
        return octets[0];
    }

    private static byte[] file(int version, Plain plain) {
        byte[] room = new byte[Math.toIntExact(PREFIX + Zstd.compressBound(plain.size()))];
        int end = PREFIX + plain.packInto(room, PREFIX);
        ByteBuffer file = ByteBuffer.wrap(Arrays.copyOf(room, end + DIGEST));
        file.put(MAGIC).putInt(version).position(end);
        return file.put(sha256(file.array(), end)).array();
    }

    /** @throws ImageFailure when {@code file} is not a whole, undamaged manifest of a version we know */
    public static Manifest decode(byte[] file) throws ImageFailure {
        return decode(file, MAX_PLAIN);
    }

    /**
     * The same, of somebody who may claim anything: zeros pack 30,000 to 1.
     *
     * @param mostPlain octets that are made room for
     */
    public static Manifest decode(byte[] file, long mostPlain) throws ImageFailure {
        digest(file);
        int version = ByteBuffer.wrap(file, MAGIC.length, 4).getInt();
        if (version != DISKS && version != ADD_ON) {
            throw new ImageFailure(
                    "The image cannot be read",
                    "its format has version " + version + ", this program knows versions " + DISKS + " and " + ADD_ON,
                    "Use a newer Firstlight");
        }
        try {
            ByteBuffer plain = ByteBuffer.wrap(unpack(file, mostPlain));
            int length = plain.getInt();
            if (length < 0 || length > plain.remaining()) {
                throw damaged("its header claims " + Integer.toUnsignedString(length) + " octets");
            }
            String json = new String(plain.array(), plain.position(), length, StandardCharsets.UTF_8);
            plain.position(plain.position() + length);
            Manifest manifest = decode(version, HeaderJson.read(json), plain);
            if (plain.hasRemaining()) {
                throw damaged(plain.remaining() + " octets follow its last table");
            }
            return manifest;
        } catch (BufferUnderflowException | IllegalArgumentException | NullPointerException malformed) {
            throw damaged("it is malformed (" + malformed.getMessage() + ")");
        } catch (JacksonException | ArithmeticException | DateTimeException malformed) {
            throw damaged("it is malformed (" + malformed.getMessage() + ")");
        }
    }

    /** The SHA-256 at the end of {@code file}, after comparing it with the content. */
    public static Bytes digest(byte[] file) throws ImageFailure {
        if (file.length < PREFIX + DIGEST || !Arrays.equals(file, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw damaged("this is not a manifest, or not a whole one");
        }
        byte[] digest = Arrays.copyOfRange(file, file.length - DIGEST, file.length);
        if (!Arrays.equals(digest, sha256(file, file.length - DIGEST))) {
            throw damaged("its SHA-256 does not match its content");
        }
        return Bytes.of(digest);
    }

    private static byte[] unpack(byte[] file, long mostPlain) throws ImageFailure {
        int packed = file.length - PREFIX - DIGEST;
        long size = Zstd.getFrameContentSize(file, PREFIX, packed);
        if (size <= 0 || size > mostPlain) {
            throw damaged("its content claims " + size + " octets");
        }
        try {
            byte[] plain = new byte[(int) size];
            long length = Zstd.decompressByteArray(plain, 0, plain.length, file, PREFIX, packed);
            if (length != size) {
                throw damaged("its content has " + length + " octets and claims " + size);
            }
            return plain;
        } catch (ZstdException malformed) {
            throw damaged("it cannot be unpacked (" + malformed.getMessage() + ")");
        }
    }

    private static Manifest decode(int version, ManifestHeader header, ByteBuffer tables) throws ImageFailure {
        int chunkSize = header.chunkSize();
        if (!Chunk.isSize(chunkSize) || (version == ADD_ON && chunkSize != Chunk.SIZE)) {
            throw new ImageFailure(
                    "The image cannot be read",
                    "its chunks have " + chunkSize + " octets, which this program does not know",
                    "Use a newer Firstlight");
        }
        if (version == ADD_ON) {
            return header.manifest(AddOnCodec.decode(PartitionChoice.of(header.partition()), tables));
        }
        List<DiskImage> disks = new ArrayList<>();
        for (ManifestHeader.JsonDisk disk : header.disks()) {
            TableSectors sectors = ManifestHeader.table(disk);
            List<Region> regions = new ArrayList<>();
            for (ManifestHeader.JsonRegion region : disk.regions()) {
                regions.add(region(region, chunkSize, tables));
            }
            disks.add(new DiskImage(disk.size(), disk.sectorSize(), sectors, regions, disk.unreadable()));
        }
        return header.manifest(disks);
    }

    private static Region region(ManifestHeader.JsonRegion region, int chunkSize, ByteBuffer tables) {
        Content content = switch (region.content()) {
            case "used" -> BlocksCodec.decode(Content.Method.USED_BLOCKS, chunkSize, tables);
            case "raw" -> BlocksCodec.decode(Content.Method.RAW, chunkSize, tables);
            case "swap" -> new Content.Swap(UUID.fromString(region.uuid()), region.label(), region.pageSize());
            default -> throw new IllegalArgumentException("content " + region.content());
        };
        return new Region(region.partition(), region.start(), region.length(), region.fileSystem(), content);
    }

    private static byte[] sha256(byte[] file, int length) {
        MessageDigest digest = Sha256.fresh();
        digest.update(file, 0, length);
        return digest.digest();
    }

    private static ImageFailure damaged(String cause) {
        return new ImageFailure(
                "The image's manifest is damaged",
                cause,
                "Restore another version of the image, or capture it again; if it happened on the way, try again");
    }
}
