package firstlight.server.api;

import firstlight.database.ChangedMeanwhile;
import firstlight.database.Database;
import firstlight.database.Kept;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.policy.Device;
import firstlight.policy.LastImage;
import firstlight.policy.NewDevice;
import firstlight.policy.Registration;
import firstlight.policy.Settings;
import firstlight.policy.level.Group;
import firstlight.server.access.Permission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /devices.csv}: all devices out, and in. An import is checked whole, all errors are told with their lines, and then it is
 * done whole or not at all.
 */
final class DeviceCsvRoutes {
    private static final List<String> COLUMNS = List.of(
            "name",
            "group",
            "mac",
            "uuid",
            "serial",
            "asset-tag",
            "note",
            "registration",
            "manufacturer",
            "model",
            "image",
            "last-seen");
    /** What an import writes; the other columns of an export say what is, and are passed over. */
    private static final List<String> WRITTEN = List.of("name", "group", "mac", "uuid", "serial", "asset-tag", "note");

    private final Database database;
    private final DeviceFinder finder;
    private final GroupNames groups;
    private final Settings settings;
    private final Acts acts;
    private final Exposures exposures;

    DeviceCsvRoutes(
            Database database,
            DeviceFinder finder,
            GroupNames groups,
            Settings settings,
            Acts acts,
            Exposures exposures) {
        this.exposures = exposures;
        this.database = database;
        this.finder = finder;
        this.groups = groups;
        this.settings = settings;
        this.acts = acts;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/devices.csv", Permission.SEE, this::write),
                Route.post("/devices.csv", Permission.ADMINISTER, this::read)
                        .query("dry-run")
                        .text());
    }

    /** Several values of a fact stand in one cell, with blanks between; an import reads them so. */
    private Answer write(Request request) {
        StringBuilder text = new StringBuilder(Csv.line(COLUMNS));
        for (Device device : database.devices().all()) {
            text.append(Csv.line(List.of(
                    device.name(),
                    groups.name(device.group()).orElse(""),
                    all(device, FactName.MAC),
                    all(device, FactName.UUID),
                    all(device, FactName.SERIAL),
                    all(device, FactName.ASSET_TAG),
                    device.note(),
                    Words.of(device.registration()),
                    all(device, FactName.MANUFACTURER),
                    all(device, FactName.MODEL),
                    device.lastImage().map(DeviceCsvRoutes::image).orElse(""),
                    device.seen().map(Instant::toString).orElse(""))));
        }
        return Answer.text("text/csv", text.toString());
    }

    private static String image(LastImage image) {
        return image.image() + " " + image.version();
    }

    private static String all(Device device, FactName fact) {
        return String.join(" ", device.facts().all(fact));
    }

    /**
     * One row: what becomes of which device; a new one has no number yet.
     *
     * @param line of the file
     * @param name empty: the one that it has, or by the naming pattern
     * @param group empty where the file has no such column
     * @param facts that are added to those that it has
     */
    private record Wish(
            int line, Device device, Optional<String> name, Optional<Long> group, Optional<String> note, Facts facts) {
        boolean isNew() {
            return device.id() == 0;
        }

        /** Whether the device has another name afterwards. */
        boolean isRenamed() {
            return !isNew()
                    && name.filter(text -> !text.equalsIgnoreCase(device.name()))
                            .isPresent();
        }

        /** Whether the device, as it was when the file was checked, is what the row says. */
        boolean isMet() {
            return !isNew() && of(device).equals(device);
        }

        Device of(Device known) {
            return known.withName(name.orElse(known.name()))
                    .withGroup(group.orElse(known.group()))
                    .withNote(note.orElse(known.note()))
                    .withFacts(known.facts().mergedWith(facts), known.lastSeen());
        }
    }

    /** The whole file is read and checked before the first row is written. */
    private Answer read(Request request) throws ApiProblem {
        List<Csv.Row> rows = Csv.parse(request.text());
        if (rows.isEmpty()) {
            throw ApiProblem.of(ProblemKind.NOT_UNDERSTOOD, "the file is empty", "its first line names the columns");
        }
        List<String> head = head(rows.getFirst());
        List<Wish> wishes = checked(rows, head, request);
        Counts counts = Counts.of(wishes);
        boolean dryRun = request.flag("dry-run");
        Optional<Answer> held = dryRun ? Optional.empty() : heldOrWritten(wishes, counts, request);
        return held.orElseGet(() -> counted(counts, head, dryRun));
    }

    /** What the rows below {@code head} want, in their order. */
    private List<Wish> checked(List<Csv.Row> rows, List<String> head, Request request) throws ApiProblem {
        List<Wish> wishes = new ArrayList<>();
        LineErrors errors = new LineErrors();
        Map<String, Integer> names = new HashMap<>();
        CsvDevices devices = new CsvDevices(database.devices(), finder, rows, head.indexOf("mac"));
        Map<Long, Integer> lines = new HashMap<>();
        for (Csv.Row row : rows.subList(1, rows.size())) {
            try {
                Wish wish = wish(row, head, names, devices, request);
                Integer before = wish.isNew() ? null : lines.put(wish.device.id(), row.line());
                if (before != null) {
                    throw problem("this is the device '" + wish.device.name() + "', as in line " + before, "");
                }
                wishes.add(wish);
            } catch (ApiProblem problem) {
                String text = problem.getMessage() + (problem.cure().isEmpty() ? "" : " (" + problem.cure() + ")");
                errors.add(text, row.line());
            }
        }
        refuseTaken(wishes, devices, errors);
        if (!errors.isEmpty()) {
            throw ApiProblem.notAllowed("", errors.told(), "mend them");
        }
        return wishes;
    }

    /** Empty when it is written; an answer when it waits for a second person. */
    private Optional<Answer> heldOrWritten(List<Wish> wishes, Counts counts, Request request) throws ApiProblem {
        // One that waited for days would undo what was changed meanwhile, also at devices that no rule concerns.
        String words = "an import of " + counts.all() + " devices, of which " + (counts.all() - counts.unchanged())
                + " are new or changed, some of them under rules, schedules or scripts that count there";
        Acts.asConfirmed(request, words);
        List<Long> concerned = exposures.by(
                wishes,
                wish -> wish.isNew() ? Optional.empty() : Optional.of(wish.device),
                wish -> wish.of(wish.device));
        Acts.sameAsConfirmed(request, concerned);
        Optional<Answer> held = acts.hold(request, "device.import", concerned, words);
        if (held.isEmpty()) {
            List<Long> numbers = kept(wishes);
            acts.record(
                    request,
                    "device.import",
                    numbers,
                    counts.all() + " devices, " + counts.fresh() + " of them new, " + counts.unchanged()
                            + " unchanged");
        }
        return held;
    }

    /** How many rows there are, and of how many the device is new, or is already as the row says. */
    private record Counts(int all, long fresh, long unchanged) {
        static Counts of(List<Wish> wishes) {
            return new Counts(
                    wishes.size(),
                    wishes.stream().filter(Wish::isNew).count(),
                    wishes.stream().filter(Wish::isMet).count());
        }
    }

    private static Answer counted(Counts counts, List<String> head, boolean dryRun) {
        ObjectNode node = Json.object()
                .put("rows", counts.all())
                .put("new", counts.fresh())
                .put("changed", counts.all() - counts.fresh() - counts.unchanged())
                .put("unchanged", counts.unchanged())
                .put("dryRun", dryRun);
        List<String> passedOver =
                head.stream().filter(column -> !WRITTEN.contains(column)).toList();
        node.set("passedOver", Json.texts(passedOver));
        return Answer.ok(node);
    }

    /** A name is free where its holder gives it up in the same file: a room that is numbered anew is right as a whole. */
    private void refuseTaken(List<Wish> wishes, CsvDevices devices, LineErrors errors) {
        Set<Long> renamed = renamed(wishes);
        Set<Integer> wrong = errors.lines(); // once they are mended they may give a name up
        for (Wish wish : wishes) {
            Optional<Device> holder = holder(wish);
            boolean givesUp =
                    holder.isPresent() && (renamed.contains(holder.get().id()) || devices.isIn(holder.get(), wrong));
            if (holder.isPresent() && !givesUp) {
                errors.add("another device is named '" + wish.name.orElse("") + "'", wish.line);
            }
        }
    }

    private static Set<Long> renamed(List<Wish> wishes) {
        return wishes.stream()
                .filter(Wish::isRenamed)
                .map(wish -> wish.device.id())
                .collect(Collectors.toSet());
    }

    /** Who else has the name that the row says. */
    private Optional<Device> holder(Wish wish) {
        return wish.name
                .flatMap(name -> database.devices().find(name).stream()
                        .filter(device -> device.name().equalsIgnoreCase(name))
                        .findFirst())
                .filter(device -> device.id() != wish.device.id());
    }

    /** In any case and order; blanks and underscores count as hyphens. */
    private static List<String> head(Csv.Row row) throws ApiProblem {
        List<String> head = row.cells().stream()
                .map(cell -> cell.toLowerCase(Locale.ROOT).replace(' ', '-').replace('_', '-'))
                .toList();
        for (String column : head) {
            if (!COLUMNS.contains(column)) {
                throw ApiProblem.unknownField(column, "column", COLUMNS);
            }
        }
        if (head.stream().distinct().count() != head.size()) {
            throw ApiProblem.of(ProblemKind.NOT_UNDERSTOOD, "a column is there twice", "name each once");
        }
        if (!head.contains("mac") && !head.contains("name")) {
            throw ApiProblem.of(
                    ProblemKind.NOT_UNDERSTOOD, "there is neither a column mac nor name", "one must tell the devices");
        }
        return head;
    }

    /**
     * @param names of the rows before, in small letters, with their lines
     * @throws ApiProblem with what is wrong in this row
     */
    private Wish wish(Csv.Row row, List<String> head, Map<String, Integer> names, CsvDevices devices, Request request)
            throws ApiProblem {
        if (row.cells().size() != head.size()) {
            throw problem(
                    "it has " + row.cells().size() + " cells and the head " + head.size(), "quote cells with commas");
        }
        Map<String, String> cells = new LinkedHashMap<>();
        for (int i = 0; i < head.size(); i++) {
            cells.put(head.get(i), row.cells().get(i));
        }
        Facts facts = CsvDevices.facts(cells);
        Optional<String> name = Optional.ofNullable(cells.get("name")).filter(text -> !text.isEmpty());
        if (name.isPresent() && !Device.isName(name.get())) {
            throw problem("'" + name.get() + "' is no computer name", "letters, digits, hyphens; not digits alone");
        }
        Device device = devices.device(facts, name, row.line(), request.now());
        if (name.isPresent()) {
            Integer before = names.put(name.get().toLowerCase(Locale.ROOT), row.line());
            if (before != null) {
                throw problem("'" + name.get() + "' is the name in line " + before + " too", "");
            }
        }
        Optional<Long> group = Optional.empty();
        String text = cells.getOrDefault("group", "");
        if (head.contains("group")) {
            group = Optional.of(
                    text.isEmpty()
                            ? Group.NONE
                            : groups.number(text)
                                    .orElseThrow(() -> problem(
                                            "there is no group '" + text + "'",
                                            "firstlight group add '" + text + "'")));
        }
        return new Wish(row.line(), device, name, group, Optional.ofNullable(cells.get("note")), facts);
    }

    static ApiProblem problem(String what, String cure) {
        return ApiProblem.of(ProblemKind.NOT_ALLOWED, what, cure);
    }

    /** In one transaction: one row that cannot be kept takes all back. */
    private List<Long> kept(List<Wish> wishes) throws ApiProblem {
        try {
            return database.devices().together(() -> keep(wishes));
        } catch (ChangedMeanwhile e) {
            throw ApiProblem.conflict(
                    "somebody else changed these devices meanwhile, so nothing was imported", "import it again");
        }
    }

    /** Those that are new or changed. */
    private List<Long> keep(List<Wish> wishes) {
        List<Long> numbers = new ArrayList<>();
        // First aside with the names that others get: rows are written one by one, each with a name that nobody has.
        Set<Long> aside = wishes.stream()
                .flatMap(wish -> holder(wish).stream())
                .map(Device::id)
                .filter(renamed(wishes)::contains)
                .collect(Collectors.toSet());
        for (long number : aside) {
            String name =
                    CsvDevices.aside(number, database.devices(), wishes.stream().flatMap(wish -> wish.name.stream()));
            orChanged(database.devices().change(number, device -> device.withName(name)));
        }
        for (Wish wish : wishes) {
            if (wish.isMet()) {
                continue;
            }
            long number = wish.device.id();
            if (wish.isNew()) {
                Device made = database.devices()
                        .enter(NewDevice.in(
                                wish.group.orElse(Group.NONE),
                                wish.facts,
                                Registration.REGISTERED,
                                wish.name,
                                wish.note.orElse(""),
                                database.policy().book(),
                                settings));
                number = made.id();
                if (wish.name.filter(name -> !name.equals(made.name())).isPresent()) {
                    // A name that is given up in this file counts as taken until all is written; it got a number behind
                    // it.
                    orChanged(database.devices().change(number, wish::of));
                }
            } else {
                orChanged(database.devices().change(number, wish::of));
            }
            numbers.add(number);
        }
        return numbers;
    }

    /** Somebody took the name, or the device away, since it was checked. */
    private static void orChanged(Kept<Device> kept) {
        if (!(kept instanceof Kept.Done<Device>)) {
            throw new ChangedMeanwhile();
        }
    }
}
