package firstlight.server.api;

import firstlight.database.DeviceStore;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MacAddress;
import firstlight.policy.Device;
import firstlight.policy.IdentityKey;
import firstlight.policy.Registration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which device each line of a CSV file is. */
final class CsvDevices {
    /** What tells a device from others, by column. */
    private static final Map<String, FactName> MARKS = Map.of(
            "mac", FactName.MAC,
            "uuid", FactName.UUID,
            "serial", FactName.SERIAL,
            "asset-tag", FactName.ASSET_TAG);

    /** Between the MACs of one device. */
    private static final String BETWEEN = "[ ,;]+";

    private final DeviceStore devices;
    private final DeviceFinder finder;
    private final Map<String, Set<Integer>> lines;

    /** @param column the one of the MACs; -1 when there is none */
    CsvDevices(DeviceStore devices, DeviceFinder finder, List<Csv.Row> rows, int column) {
        this.devices = devices;
        this.finder = finder;
        this.lines = lines(rows, column);
    }

    /** In which lines each MAC is. A dock's is in those of all who ever used it. */
    private static Map<String, Set<Integer>> lines(List<Csv.Row> rows, int column) {
        Map<String, Set<Integer>> lines = new HashMap<>();
        for (Csv.Row row : rows.subList(1, rows.size())) {
            if (column < 0 || column >= row.cells().size()) {
                continue;
            }
            try {
                macs(row.cells().get(column))
                        .forEach(mac -> lines.computeIfAbsent(mac, _ -> new LinkedHashSet<>())
                                .add(row.line()));
            } catch (ApiProblem _) {
                // No MAC: told when its line is read.
            }
        }
        return lines;
    }

    /** Whether one of these lines has a MAC of {@code device}. */
    boolean isIn(Device device, Set<Integer> some) {
        return device.facts().all(FactName.MAC).stream()
                .anyMatch(mac -> !Collections.disjoint(lines.getOrDefault(mac, Set.of()), some));
    }

    /** What a line says of its device, by column: its marks. */
    static Facts facts(Map<String, String> cells) throws ApiProblem {
        Facts facts = Facts.NONE;
        for (Map.Entry<String, FactName> mark : MARKS.entrySet()) {
            String cell = cells.getOrDefault(mark.getKey(), "");
            if (cell.isEmpty()) {
                continue;
            }
            if (mark.getValue() != FactName.MAC) {
                facts = facts.with(mark.getValue(), cell);
                continue;
            }
            facts = facts.with(FactName.MAC, macs(cell).toArray(String[]::new));
        }
        return facts;
    }

    private static Set<String> macs(String cell) throws ApiProblem {
        Set<String> macs = new LinkedHashSet<>();
        for (String text : cell.split(BETWEEN, -1)) {
            macs.add(mac(text));
        }
        return macs;
    }

    private static String mac(String text) throws ApiProblem {
        try {
            return MacAddress.parse(text).toString();
        } catch (IllegalArgumentException e) {
            throw DeviceCsvRoutes.problem("'" + text + "' is no MAC address", "");
        }
    }

    /**
     * The one with that MAC, else the only one with that UUID or serial number, else with that name (unless a MAC tells that it is
     * another line's), else a new one. A MAC of several devices or lines tells none of them: those have something else that does.
     *
     * @param facts of the line: marks only
     * @return number 0 for a new one
     * @throws ApiProblem when the line could mean several, or nothing tells a new one from others
     */
    Device device(Facts facts, Optional<String> name, int line, Instant now) throws ApiProblem {
        Set<IdentityKey> marks = marks(facts);
        boolean isTold = !marks.isEmpty();
        for (String mac : facts.all(FactName.MAC)) {
            List<Device> known = devices.find(mac);
            if (lines.getOrDefault(mac, Set.of()).size() == 1 && known.size() == 1) {
                return known.getFirst();
            }
            isTold |= lines.getOrDefault(mac, Set.of()).size() == 1 && known.isEmpty();
        }
        List<Device> marked = devices.sharing(marks).stream()
                .filter(each -> !Collections.disjoint(marks(each.facts()), marks))
                .toList();
        if (marked.size() == 1) {
            return marked.getFirst();
        }
        Optional<Device> named = name.isPresent() ? finder.find(name.get()) : Optional.empty();
        if (named.isPresent()
                && (isTold ? !isAnothers(named.get(), line) : has(named.get(), facts.all(FactName.MAC)))) {
            return named.get();
        }
        for (String mac : isTold ? List.<String>of() : facts.all(FactName.MAC)) {
            finder.find(mac); // says so where it is several devices'
            for (int other : lines.getOrDefault(mac, Set.of())) {
                if (other != line) {
                    throw DeviceCsvRoutes.problem(
                            "MAC " + mac + " is in line " + other + " too",
                            "a dock's may be: give each line another MAC, a UUID or a serial number as well");
                }
            }
        }
        if (facts.equals(Facts.NONE)) {
            throw DeviceCsvRoutes.problem(
                    "there is no device '" + name.orElse("") + "', and nothing tells a new one from others",
                    "give it a MAC, UUID or serial number");
        }
        return Device.fresh(0, name.orElse("new"), Registration.REGISTERED, facts, now);
    }

    /** Whether a MAC tells that this device is another line's, which may give it another name. */
    private boolean isAnothers(Device device, int line) {
        return device.facts().all(FactName.MAC).stream()
                .anyMatch(mac -> lines.getOrDefault(mac, Set.of()).size() == 1
                        && !lines.getOrDefault(mac, Set.of()).contains(line)
                        && devices.find(mac).size() == 1);
    }

    private static boolean has(Device device, List<String> macs) {
        return IdentityKey.of(device.facts())
                .containsAll(IdentityKey.of(Facts.NONE.with(FactName.MAC, macs.toArray(String[]::new))));
    }

    /** A name that nobody has, and none of {@code wanted}: for a device whose own another one gets first. */
    static String aside(long number, DeviceStore devices, Stream<String> wanted) {
        Set<String> gets = wanted.map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
        String base = "import-" + number;
        String name = base;
        for (int next = 2; gets.contains(name) || !devices.find(name).isEmpty(); next++) {
            name = base + "-" + next;
        }
        return name;
    }

    /** The marks of which a single one identifies a PC when it boots. */
    private static Set<IdentityKey> marks(Facts facts) {
        Set<IdentityKey> marks = new HashSet<>(IdentityKey.of(facts));
        marks.removeIf(mark -> mark.kind() != IdentityKey.Kind.UUID && mark.kind() != IdentityKey.Kind.SERIAL);
        return marks;
    }
}
