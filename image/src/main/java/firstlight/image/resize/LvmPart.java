package firstlight.image.resize;

import firstlight.image.Disk;
import firstlight.image.anew.OldFileSystem;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/**
 * A physical volume of a group of LVM: a region, or what lies in an encrypted one.
 *
 * @param id of the physical volume
 * @param lengths that those of its group will have, by their ids; none while that is not known
 * @param others what is to take of its extents what it has no room for, where file systems shrink if they must; empty while it is to have room
 *     for them itself
 * @param takes it grows for what others have no room for, whatever lies on it
 */
record LvmPart(LvmGroup group, String id, Map<String, Long> lengths, Optional<Others> others, boolean takes) {
    LvmPart {
        lengths = Map.copyOf(lengths);
    }

    /**
     * @param lengths of those that are known, by their ids
     * @param most octets that are to go there: what its disk lacks when all on it has become as short as it can
     */
    record Others(Map<String, Long> lengths, long most) {
        Others {
            lengths = Map.copyOf(lengths);
        }
    }

    LvmPart(LvmGroup group, String id) {
        this(group, id, Map.of(), Optional.empty(), false);
    }

    LvmPart with(UnaryOperator<LvmGroup> change) {
        return new LvmPart(change.apply(group), id, lengths, others, takes);
    }

    LvmPart settled(Map<String, Long> known) {
        return new LvmPart(group, id, known, others, takes);
    }

    LvmPart handingOver(Map<String, Long> settled, long most) {
        return new LvmPart(group, id, lengths, Optional.of(new Others(settled, most)), takes);
    }

    LvmPart taking() {
        return new LvmPart(group, id, lengths, others, true);
    }

    /** The names of the volumes that can grow with it, with their group's. */
    List<String> volumes() {
        return group.volumes(id);
    }

    boolean grows() {
        return takes || !volumes().isEmpty();
    }

    long least(ToLongFunction<OldFileSystem> least) {
        long most = others.map(Others::most).orElse(0L);
        return group.least(id, least, Math.min(spare(least), most));
    }

    /** Octets that the others can take of it, or that file systems can give. */
    long spare(ToLongFunction<OldFileSystem> least) {
        return others.map(each -> group.spare(each.lengths(), least)).orElse(0L);
    }

    void eachElastic(Disk image, LvmGroup.Visitor visitor) throws IOException {
        group.eachElastic(image, visitor);
    }

    /** What becomes of it with {@code length}; empty when nothing does, or when that of the others is not known yet. */
    Optional<LvmLayout> layout(long length, ToLongFunction<OldFileSystem> least) {
        Map<String, Long> all = new HashMap<>(lengths);
        all.put(id, length);
        return group.isResizedTo(all) ? Optional.of(group.layout(id, all, least)) : Optional.empty();
    }
}
