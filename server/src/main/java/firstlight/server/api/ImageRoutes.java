package firstlight.server.api;

import firstlight.image.ImageFailure;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.VersionNotes;
import firstlight.server.access.Permission;
import firstlight.server.images.ImageCare;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** {@code /images}: what the store holds, and what people say of it. */
final class ImageRoutes {
    private final ImageStore images;
    private final ImageCare care;
    private final ImageFinder finder;
    private final OwnImages own;
    private final Acts acts;

    ImageRoutes(ImageCare care, OwnImages own, Acts acts) {
        this.own = own;
        this.images = care.images();
        this.care = care;
        this.finder = new ImageFinder(images);
        this.acts = acts;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/images", Permission.SEE_IMAGES, this::list).query("removed"),
                Route.get("/images/{image}", Permission.SEE_IMAGES, this::versions),
                Route.get("/images/{image}/{version}", Permission.SEE_IMAGES, this::show),
                Route.patch("/images/{image}/{version}", Permission.ACT, this::change)
                        .fields("note", "tag", "untag", "protected", "expires"),
                Route.delete("/images/{image}/{version}", Permission.ADMINISTER, this::remove));
    }

    /** With {@code removed}, also those that were taken away. */
    private Answer list(Request request) throws IOException, ApiProblem {
        List<ImageVersion> all = new ArrayList<>(images.list());
        if (request.flag("removed")) {
            all.addAll(images.removed());
        }
        return Answer.ok(Json.items(all, ImageView::version));
    }

    private Answer versions(Request request) throws IOException, ApiProblem {
        return Answer.ok(Json.items(finder.versions(request.variable("image")), ImageView::version));
    }

    private Answer show(Request request) throws IOException, ApiProblem {
        ImageVersion version = version(request);
        try {
            return Answer.ok(ImageView.detail(version, images.open(version)));
            // Shown all the same, without what only the manifest tells.
        } catch (ImageFailure damaged) {
            return Answer.ok(ImageView.detail(version));
        }
    }

    private ImageVersion version(Request request) throws IOException, ApiProblem {
        return finder.find(request.variable("image"), request.variable("version"));
    }

    /** Notes are anybody's who may act; protection and expiry an administrator's. 409 where the store refuses. */
    private Answer change(Request request) throws IOException, ApiProblem {
        ImageVersion version = version(request);
        Body body = request.body();
        if ((body.has("protected") || body.node().has("expires"))
                && !request.caller().may(Permission.ADMINISTER)) {
            throw ApiProblem.of(
                    ProblemKind.FORBIDDEN,
                    "a " + Words.of(request.caller().role()) + " may not protect images or let them expire",
                    "ask an administrator");
        }
        if (body.has("tag") || body.has("untag")) { // work, and other sites, ask for versions by them
            own.refuseOthers(version.image(), request.caller());
        }
        List<String> done = new ArrayList<>();
        Wish wish = wish(body, version.notes().expires(), done, request.now());
        if (done.isEmpty()) {
            throw ApiProblem.missing("note");
        }
        String what = String.join("; ", done);
        ImageVersion changed = attempt(() -> images.change(
                version,
                notes -> wish.on(notes).and(request.now(), request.caller().name(), what)));
        acts.record(request, "image.change", List.of(), version.name() + ": " + what);
        return Answer.ok(ImageView.version(changed));
    }

    /** Applied to the notes as they are in the store at that moment: two who note at once do not undo each other's. */
    private interface Wish {
        VersionNotes on(VersionNotes notes);
    }

    /**
     * @param expires which may be over, and may be written back as it is
     * @param done into which go the words for the history
     */
    private static Wish wish(Body body, Optional<Instant> expires, List<String> done, Instant now) throws ApiProblem {
        List<Wish> wishes = new ArrayList<>();
        if (body.node().has("note")) {
            String note = body.text("note", "");
            done.add(note.isEmpty() ? "took the note away" : "noted '" + note + "'");
            wishes.add(notes -> notes.withNote(note));
        }
        Set<String> tags = new TreeSet<>(body.texts("tag"));
        for (String tag : tags) {
            if (!VersionNotes.isTag(tag)) {
                throw body.wrong(
                        "tag",
                        tag,
                        "a letter and up to 39 letters, digits, dots, dashes and underscores, but not 'latest'");
            }
            done.add("tagged " + tag);
        }
        Set<String> untags = new TreeSet<>(body.texts("untag"));
        untags.forEach(tag -> done.add("took the tag " + tag + " away"));
        wishes.add(notes -> {
            Set<String> all = new TreeSet<>(notes.tags());
            all.addAll(tags);
            all.removeAll(untags);
            return notes.withTags(all);
        });
        if (body.has("protected")) {
            boolean kept = body.flag("protected", false);
            done.add(kept ? "protected" : "no longer protected");
            wishes.add(notes -> notes.withKept(kept));
        }
        if (body.node().has("expires")) {
            Optional<Instant> when = body.instant("expires");
            if (!when.equals(expires)
                    && when.filter(at -> !at.isAfter(now)).isPresent()) { // last year's January, written in December
                throw ApiProblem.notAllowed(
                        "expires",
                        "'expires' is " + when.get() + ", which is over",
                        "see the year; firstlight image remove takes it away at once");
            }
            done.add(when.map(at -> "expires " + at).orElse("does not expire"));
            wishes.add(notes -> notes.withExpiry(when));
        }
        return notes -> {
            VersionNotes all = notes;
            for (Wish wish : wishes) {
                all = wish.on(all);
            }
            return all;
        };
    }

    /** Its chunks go with a later collection. 409 for one that is protected, needed, or read just now. */
    private Answer remove(Request request) throws IOException, ApiProblem {
        ImageVersion version = version(request);
        attempt(() -> {
            care.remove(version, request.caller().name(), "removed");
            return version;
        });
        acts.record(request, "image.remove", List.of(), version.name());
        return Answer.nothing();
    }

    private interface Attempt<T> {
        T run() throws IOException;
    }

    /** The store's own words become a 409; that it cannot be read at all stays an IOException. */
    private static <T> T attempt(Attempt<T> attempt) throws IOException, ApiProblem {
        try {
            return attempt.run();
        } catch (ImageFailure refused) {
            throw ApiProblem.conflict(refused.what() + ": " + refused.cause(), refused.cure());
        }
    }
}
