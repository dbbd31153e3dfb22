package firstlight.image.resize;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.chunk.ChunkTable;
import firstlight.image.disk.Source;
import firstlight.image.extents.Extents;
import firstlight.image.lvm.Departure;
import firstlight.image.lvm.ElasticGroup;
import firstlight.image.lvm.PhysicalVolume;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.Region;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LvmWordsTest {
    private static final long MIB = 1L << 20;
    private static final long EXTENT = 4 * MIB;

    private static final String TEXT = """
        vg0 {
        id = "x"
        seqno = 7
        status = ["RESIZEABLE", "READ", "WRITE"]
        extent_size = 8192
        physical_volumes {
            pv0 { id = "id-0" status = ["ALLOCATABLE"] flags = [] dev_size = 1 pe_start = 2048 pe_count = 20 }
            pv1 { id = "id-1" status = ["ALLOCATABLE"] flags = [] dev_size = 1 pe_start = 2048 pe_count = 20 }
            pv2 { id = "id-2" status = ["ALLOCATABLE"] flags = [] dev_size = 1 pe_start = 2048 pe_count = 20 }
        }
        logical_volumes {
            data { id = "y" status = ["READ", "WRITE", "VISIBLE"] flags = [] segment_count = 2
                segment1 { start_extent = 0 extent_count = 10 type = "striped" stripe_count = 1 stripes = ["pv1", 0] }
                segment2 { start_extent = 10 extent_count = 10 type = "striped" stripe_count = 1 stripes = ["pv2", 0] }
            }
        }
        }
        contents = "Text Format Volume Group"
        version = 1
        """;

    private record Empty(long size) implements Source {
        @Override
        public void read(long offset, ByteBuffer into) {
            throw new AssertionError("nothing of it is needed");
        }
    }

    @Test
    void thatAVolumeDependsOnADiskMoreIsSaidOnceThoughItComesFromTwo() {
        List<long[]> copies = List.of(new long[] {4096, MIB});
        Content.Blocks nothing =
                new Content.Blocks(Content.Method.USED_BLOCKS, Extents.NONE, new ChunkTable.Builder(0).build());
        List<PhysicalVolume> volumes = new ArrayList<>();
        Map<String, LvmGroup.Part> parts = new LinkedHashMap<>();
        for (int i = 0; i < 3; i++) {
            long size = MIB + 20 * EXTENT;
            volumes.add(new PhysicalVolume(new Empty(size), "id" + i, copies, copies, Optional.of(TEXT)));
            parts.put("id" + i, new LvmGroup.Part(i, 512, new Region(0, 0, size, "lvm", nothing), nothing, false));
        }
        ElasticGroup group = ElasticGroup.of(volumes);
        Map<String, Long> lengths = Map.of("id0", MIB + 20 * EXTENT, "id1", MIB + 8 * EXTENT, "id2", MIB + 8 * EXTENT);
        assertThat(new LvmWords(parts, group.group())
                        .of(
                                group.rearranged(lengths, Map.of(), List.of(), Map.of("vg0/data", Departure.USUAL)),
                                List.of()))
                .containsExactly(
                        "8388608 octets of vg0/data go from disk 2 to disk 1",
                        "vg0/data lies on disk 1 as well then, and is lost with it",
                        "8388608 octets of vg0/data go from disk 3 to disk 1");
    }
}
