package firstlight.image.capture;

import java.util.List;

/** What a capture will take, known before the first octet is taken. */
public final class CapturePlan {
    private final List<DiskPlan> disks;
    private final List<String> notes;
    private final IfUnreadable ifUnreadable;
    private final LostFiles lostFiles;

    CapturePlan(List<DiskPlan> disks, List<String> notes, IfUnreadable ifUnreadable, LostFiles lostFiles) {
        this.disks = List.copyOf(disks);
        this.notes = List.copyOf(notes);
        this.ifUnreadable = ifUnreadable;
        this.lostFiles = lostFiles;
    }

    List<DiskPlan> disks() {
        return disks;
    }

    IfUnreadable ifUnreadable() {
        return ifUnreadable;
    }

    LostFiles lostFiles() {
        return lostFiles;
    }

    /** What a person should know of it. */
    public List<String> notes() {
        return notes;
    }
}
