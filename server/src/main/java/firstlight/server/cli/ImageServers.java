package firstlight.server.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** At which servers versions are: what the others say (image-peers) beside what is here. A manifest's SHA-256 is its true name. */
final class ImageServers {
    private static final String HERE = "here";

    private final ArrayNode peers;

    /** @param peers as {@code GET /image-peers} answers */
    ImageServers(ArrayNode peers) {
        this.peers = peers;
    }

    /** Asks them all, by way of this server. */
    static ImageServers ask(ApiClient api) {
        return new ImageServers(api.all("image-peers"));
    }

    /** {@code images} of this server, and those that only others have, each with {@code servers}; by name and number. */
    ArrayNode beside(ArrayNode images) {
        Map<String, ObjectNode> byDigest = new LinkedHashMap<>();
        for (JsonNode image : images) {
            ObjectNode known = ((ObjectNode) image).deepCopy();
            ArrayNode servers = known.putArray("servers");
            if (!image.path("removed").booleanValue(false)) {
                servers.add(HERE);
            }
            // A version that was removed and pulled under another name is there once more.
            byDigest.put(Shared.text(image, "digest") + name(image), known);
        }
        for (JsonNode peer : peers) {
            String server = Shared.text(peer, "peer");
            for (JsonNode version : peer.path("versions")) {
                add(byDigest, server, version);
            }
        }
        List<ObjectNode> all = new ArrayList<>(byDigest.values());
        all.sort(Comparator.comparing((ObjectNode each) -> Shared.text(each, "image"))
                .thenComparing(each -> each.path("version").intValue(0)));
        return ApiClient.JSON.createArrayNode().addAll(all);
    }

    private static void add(Map<String, ObjectNode> byDigest, String server, JsonNode version) {
        String digest = Shared.text(version, "digest");
        List<ObjectNode> same = byDigest.values().stream()
                .filter(each -> Shared.text(each, "digest").equals(digest))
                .toList();
        for (ObjectNode each : same) {
            String as = name(each).equals(name(version)) ? "" : " as " + name(version);
            servers(each).add(server + as);
        }
        if (same.isEmpty()) {
            ObjectNode only = ApiClient.JSON
                    .createObjectNode()
                    .put("image", Shared.text(version, "image"))
                    .put("version", version.path("version").intValue(0))
                    .put("digest", digest)
                    .put("usedBytes", version.path("usedBytes").longValue(0));
            only.set("tags", version.path("tags"));
            ArrayNode servers = only.putArray("servers");
            if (Shared.text(version, "here").equals("unfinished")) {
                servers.add(HERE + " in part");
            }
            servers.add(server);
            if (Shared.text(version, "here").equals("differs")) {
                only.put("note", "another one than " + name(version) + " here");
            }
            byDigest.put(digest + name(version), only);
        }
    }

    private static ArrayNode servers(ObjectNode version) {
        return version.path("servers") instanceof ArrayNode servers ? servers : version.putArray("servers");
    }

    private static String name(JsonNode version) {
        return Shared.text(version, "image") + "@" + Shared.text(version, "version");
    }

    /** For people, below a table: whom nobody could ask; empty when all answered. */
    String remarks() {
        if (peers.isEmpty()) {
            return "\n\nno other servers are known (images.peers of the configuration)";
        }
        return peers.valueStream()
                .filter(peer -> !Shared.text(peer, "trouble").isEmpty())
                .map(peer -> "\n" + Shared.text(peer, "peer") + " does not answer: " + Shared.text(peer, "trouble"))
                .collect(Collectors.joining());
    }

    /** Of the version {@code name} of this server among {@code all}. */
    static ArrayNode of(ArrayNode all, String name) {
        return all.valueStream()
                .map(ObjectNode.class::cast)
                .filter(each -> name(each).equals(name))
                .map(ImageServers::servers)
                .filter(servers ->
                        servers.valueStream().anyMatch(each -> each.asString().equals(HERE)))
                .findFirst()
                .orElseGet(ApiClient.JSON::createArrayNode);
    }
}
