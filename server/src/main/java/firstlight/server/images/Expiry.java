package firstlight.server.images;

import firstlight.image.ImageFailure;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.VersionNotes;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What becomes of versions whose time is over. Of the night's watch, once a night. */
record Expiry(ImageCare care) {
    /** Removes what has expired; returns what was done, and what could not be done, in words. */
    List<String> remove(Instant now) throws IOException {
        List<String> told = new ArrayList<>();
        for (ImageVersion version : expired(now)) {
            try {
                care.remove(version, notes -> isOver(notes, now), "server", "expired");
                told.add(version.name() + " has expired and was removed");
            } catch (ImageCare.Planned kept) { // it stays for good, and nobody may look at what a night tells
                String text = version.name() + " has expired, but " + kept.cause();
                care.alarm(text + "; have it lay down another version, or let this one not expire", now);
                told.add(text);
            } catch (ImageFailure needed) {
                told.add(version.name() + " has expired, but " + needed.cause());
            }
        }
        return told;
    }

    /** What would be removed, were it not needed. */
    private List<ImageVersion> expired(Instant now) throws IOException {
        return care.images().list().stream()
                .filter(version -> !version.notes().kept())
                .filter(version -> isOver(version.notes(), now))
                .toList();
    }

    private static boolean isOver(VersionNotes notes, Instant now) {
        return notes.expires().filter(when -> !when.isAfter(now)).isPresent();
    }

    /** In place of {@link #remove} while the clock is not to be believed: an alarm, when there is something to lose. */
    List<String> wouldRemove(ClockTrust clock) throws IOException {
        List<ImageVersion> over = expired(clock.seen());
        if (over.isEmpty()) {
            return List.of();
        }
        String names = String.join(", ", over.stream().map(ImageVersion::name).toList());
        String text =
                names + " would have expired by this server's clock, but it jumped, or the server was off for days: "
                        + "nothing is removed before " + clock.settled()
                        + "; set the clock right if it is wrong (date), or protect"
                        + " what is to stay (firstlight image protect)";
        care.alarm(text, clock.seen());
        return List.of(text);
    }
}
