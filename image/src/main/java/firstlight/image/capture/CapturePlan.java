package firstlight.image.capture;

import java.util.List;

/** What a capture will take, known before the first octet is taken. */
public final class CapturePlan {
    private final List<DiskPlan> disks;
    private final List<String> notes;
    private final IfUnreadable ifUnreadable;

    CapturePlan(List<DiskPlan> disks, List<String> notes, IfUnreadable ifUnreadable) {
        this.disks = List.copyOf(disks);
        this.notes = List.copyOf(notes);
        this.ifUnreadable = ifUnreadable;
    }

    List<DiskPlan> disks() {
        return disks;
    }

    IfUnreadable ifUnreadable() {
        return ifUnreadable;
    }

    /** What a person should know of it. */
    public List<String> notes() {
        return notes;
    }
}
