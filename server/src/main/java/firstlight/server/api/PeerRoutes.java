package firstlight.server.api;

import firstlight.server.access.Permission;
import firstlight.server.sites.PeerSettings;
import firstlight.server.sites.PeerState;
import firstlight.server.sites.Sites;
import firstlight.server.sites.Wanted;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** {@code /image-peers}: the servers that images may be pulled from, and what they have. */
final class PeerRoutes {
    private final Sites sites;

    PeerRoutes(Sites sites) {
        this.sites = sites;
    }

    List<Route> routes() {
        return List.of(Route.get("/image-peers", Permission.SEE, this::list));
    }

    private Answer list(Request request) throws IOException {
        return Answer.ok(Json.items(PeerState.all(sites), PeerRoutes::view));
    }

    private static ObjectNode view(PeerState state) {
        PeerSettings peer = state.peer();
        ObjectNode node = Json.object()
                .put("peer", peer.name())
                .put("url", peer.url().toString())
                .put("mbit", peer.megabits())
                .put("onDemand", peer.onDemand())
                .put("trouble", state.trouble());
        node.set("pull", Json.texts(peer.wanted().stream().map(Wanted::toString).toList()));
        node.set("versions", Json.array(state.versions(), version -> {
            ObjectNode each = Json.object()
                    .put("image", version.remote().image().text())
                    .put("version", version.remote().number())
                    .put("digest", version.remote().digest().toHex())
                    .put("usedBytes", version.remote().usedBytes())
                    .put("here", Words.of(version.here()));
            each.set("tags", Json.texts(version.remote().tags()));
            return each;
        }));
        return node;
    }
}
