package firstlight.server.sites;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which versions are pulled by themselves: {@code lab-*} (the newest of each such image), {@code lab-*@golden} (those with the
 * tag), {@code office@3}, {@code office@*} (all).
 *
 * @param names of images; {@code *} stands for anything
 * @param version empty for the newest; {@code *} for all; a number; else a tag
 */
public record Wanted(String names, String version) {
    private static final Pattern TEXT = Pattern.compile("[A-Za-z0-9._*-]{1,100}(@([A-Za-z0-9._-]{1,40}|\\*))?");

    /** Empty when {@code text} is none. */
    public static Optional<Wanted> parse(String text) {
        if (!TEXT.matcher(text).matches()) {
            return Optional.empty();
        }
        int at = text.indexOf('@');
        String version = at < 0 ? "" : text.substring(at + 1);
        return Optional.of(new Wanted(at < 0 ? text : text.substring(0, at), version.equals("latest") ? "" : version));
    }

    /** What of {@code there} somebody of {@code wishes} wants, in the order of {@code there}. */
    static List<RemoteVersion> of(List<Wanted> wishes, List<RemoteVersion> there) {
        TreeSet<RemoteVersion> chosen =
                new TreeSet<>(Comparator.comparing(RemoteVersion::image).thenComparingInt(RemoteVersion::number));
        wishes.forEach(wish -> chosen.addAll(wish.of(there)));
        return List.copyOf(chosen);
    }

    private List<RemoteVersion> of(List<RemoteVersion> there) {
        List<RemoteVersion> chosen = new ArrayList<>();
        for (RemoteVersion each : there) {
            boolean right = version.isEmpty()
                    ? there.stream()
                            .noneMatch(other -> other.image().equals(each.image()) && other.number() > each.number())
                    : version.equals("*")
                            || version.equals(Integer.toString(each.number()))
                            || each.tags().contains(version);
            if (right && isName(each.image().text())) {
                chosen.add(each);
            }
        }
        return chosen;
    }

    /** Whether a version is wanted because of a tag that the other server gave it; then that tag is wanted as well. */
    Optional<String> tag(RemoteVersion each) {
        return each.tags().contains(version) && isName(each.image().text()) ? Optional.of(version) : Optional.empty();
    }

    private boolean isName(String name) {
        StringBuilder glob = new StringBuilder();
        for (String part : names.split("\\*", -1)) {
            glob.append(glob.isEmpty() ? "" : ".*").append(Pattern.quote(part));
        }
        return Pattern.matches(glob.toString(), name);
    }

    @Override
    public String toString() {
        return version.isEmpty() ? names : names + "@" + version;
    }
}
