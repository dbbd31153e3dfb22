package firstlight.image.restore;

import firstlight.image.DiskFailure;
import firstlight.image.luks.KeyRing;
import firstlight.image.view.Slice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a restore does, and says, of each Linux that is hibernated on its disks.
 *
 * @param keys of what is encrypted
 */
record HibernatedHere(KeyRing keys) {
    /** Who hibernated knows where partitions were and how long, and would write there. Returns notes. */
    List<String> giveUp(List<Fit> fits) throws IOException {
        List<String> notes = new ArrayList<>();
        if (fits.stream().noneMatch(Fit::isElsewhere)) {
            return notes;
        }
        Map<Slice, String> places = new LinkedHashMap<>();
        fits.forEach(fit -> places.putAll(fit.places()));
        List<String> closed = new ArrayList<>();
        try {
            for (Hibernated each :
                    Hibernated.in(places, keys, place -> !isLeft(fits, place), notes::add, closed::add)) {
                each.giveUp();
                notes.add(
                        "what was hibernated in " + each.name()
                                + " was given up, since partitions have other places or lengths now: its Linux starts anew, as after a power cut");
            }
        } catch (DiskFailure broken) {
            throw broken;
        } catch (IOException unknown) { // not worth a disk without a table: all else is right
            notes.add("it cannot be told whether a Linux is hibernated here (" + unknown.getMessage()
                    + "): if one is, start it once with the kernel argument noresume, for it knows other places or lengths of"
                    + " partitions than they have now and would write there");
        }
        if (fits.stream().anyMatch(Fit::isTakenElsewhere)) {
            closed.forEach(
                    name -> notes.add(
                            name
                                    + " is encrypted, and was not looked into: if a Linux is hibernated in it, start that once with the kernel"
                                    + " argument noresume, for it knows other places of partitions than they have now and would write there"));
        }
        return notes;
    }

    /**
     * Of disks that keep their table, or partitions of which the image has nothing. Whether it had in use what was restored is not known
     * here: a person is told.
     */
    List<String> beside(List<Fit> fits) {
        List<Fit> kept = fits.stream()
                .filter(fit ->
                        fit.layout().ownTable() || !fit.layout().untouched().isEmpty())
                .toList();
        List<String> closed = new ArrayList<>();
        try {
            List<String> notes = new ArrayList<>();
            for (Hibernated each : Hibernated.beside(
                    kept.stream().map(Fit::disk).toList(),
                    keys,
                    place -> kept.stream().anyMatch(fit -> fit.isWritten(place)),
                    closed::add)) {
                notes.add("a Linux is hibernated in " + each.name() + ": if it had in use what was restored now,"
                        + " it destroys that when it goes on; start it with the kernel argument noresume");
            }
            closed.forEach(
                    name -> notes.add(
                            name + " is encrypted, and was not looked into: if a Linux is hibernated in"
                                    + " it that had in use what was restored now, start that once with the kernel argument noresume"));
            return notes;
        } catch (IOException unknown) { // all is restored, and these are others' partitions
            return List.of("whether a Linux is hibernated beside what was restored cannot be told ("
                    + unknown.getMessage() + "): if one is, start it with the kernel argument noresume");
        }
    }

    private static boolean isLeft(List<Fit> fits, Slice place) {
        return fits.stream()
                .filter(fit -> fit.disk() == place.disk())
                .flatMap(fit -> fit.layout().untouched().stream())
                .anyMatch(left -> left.start() <= place.start() && place.start() + place.size() <= left.end());
    }
}
