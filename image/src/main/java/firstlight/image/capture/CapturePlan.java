package firstlight.image.capture;

import java.util.List;

/** What a capture will take, known before the first octet is taken. */
public final class CapturePlan {
    private final List<DiskPlan> disks;
    private final List<String> notes;

    CapturePlan(List<DiskPlan> disks, List<String> notes) {
        this.disks = List.copyOf(disks);
        this.notes = List.copyOf(notes);
    }

    List<DiskPlan> disks() {
        return disks;
    }

    /** What a person should know of it. */
    public List<String> notes() {
        return notes;
    }
}
