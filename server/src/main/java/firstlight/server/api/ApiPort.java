package firstlight.server.api;

import firstlight.database.DatabaseUnreachable;
import firstlight.image.ImageFailure;
import firstlight.server.access.Access;
import firstlight.server.access.Caller;
import firstlight.server.access.Permission;
import firstlight.server.imaging.EnginePort;
import firstlight.server.imaging.ExchangeEnds;
import firstlight.wire.work.Problem;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.Cookie;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * {@code /api/...} over HTTP: from an exchange to a {@link Request}, from an {@link Answer} or a problem back. One of these
 * stands on loopback, where the local token counts, another one on the network when the configuration opens it.
 */
public final class ApiPort implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ApiPort.class);
    static final String SESSION_COOKIE = "firstlight-session";
    /** An import of 50,000 devices has about 10 MB. Octets. */
    private static final int LARGEST = 32 << 20;
    /** Who has not signed in yet has nothing long to say, and any number of them may ask. */
    private static final int LARGEST_OF_ANYBODY = 64 << 10;

    // For who asks by a program; the server itself looks every second.
    private static final String RETRY_SECONDS = "5";

    private final Router router;
    private final Access access;
    private final EventStream stream;
    private final InstantSource clock;
    private final boolean loopback;

    private ApiPort(Router router, Access access, EventStream stream, InstantSource clock, boolean loopback) {
        this.router = router;
        this.access = access;
        this.stream = stream;
        this.clock = clock;
        this.loopback = loopback;
    }

    /** For this host's command line: the local token opens it. */
    public static ApiPort onLoopback(Api api) {
        return new ApiPort(api.router(), api.access(), api.stream(), api.clock(), true);
    }

    /** For everybody else: users and their tokens only. */
    public static ApiPort onNetwork(Api api) {
        return new ApiPort(api.router(), api.access(), api.stream(), api.clock(), false);
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        // Everything behind this blocks: the database, the image store, a password's hash.
        if (exchange.isInIoThread()) {
            exchange.dispatch(this);
            return;
        }
        try {
            Instant now = clock.instant();
            List<String> segments = segments(exchange);
            Request.Origin origin = origin(exchange);
            Optional<Caller> caller = caller(exchange, origin, now);
            Router.Found found = router.find(method(exchange), segments);
            Router.admit(found.route(), caller);
            // Before the body is read: who is refused need not be listened to.
            refuseForeignSites(exchange, found.route(), caller);
            if (found.route().template().equals(EventStream.PATH)) {
                boolean byCookie = isByCookie(exchange);
                stream.open(exchange, () -> mayStill(found.route(), origin, byCookie));
                return;
            }
            if (found.route().takes() == Route.Takes.OCTETS) {
                exchange.setMaxEntitySize(-1); // an exported image has as many octets as it has
            }
            exchange.startBlocking();
            Request request = request(exchange, found, caller, origin, now);
            send(exchange, answer(exchange, found.route(), request));
        } catch (ApiProblem problem) {
            send(exchange, Answer.problem(problem));
        } catch (DatabaseUnreachable e) {
            ApiProblem away = ApiProblem.of(
                    ProblemKind.DATABASE_AWAY,
                    String.valueOf(e.getMessage()),
                    (exchange.getRequestMethod().equals(Methods.GET)
                                    ? "try again"
                                    : "look whether it was done before you try again")
                            + "; the server looks for its database every second");
            send(exchange, Answer.problem(away).with("Retry-After", RETRY_SECONDS));
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", exchange.getRequestMethod(), exchange.getRequestPath(), e);
            send(
                    exchange,
                    Answer.problem(ApiProblem.of(
                            ProblemKind.FAILED, String.valueOf(e.getMessage()), "the server's log has more")));
        }
    }

    /** What the image store could not do (its disk is full, S3 is away) is told in the words that an engine gets. */
    private Answer answer(HttpServerExchange exchange, Route route, Request request) throws ApiProblem {
        try {
            return router.answer(route, request);
        } catch (IOException e) {
            Problem failed = EnginePort.problem(e);
            String which = exchange.getRequestMethod() + " " + exchange.getRequestPath();
            if (e instanceof ClosedChannelException || !exchange.getConnection().isOpen()) {
                LOG.debug("{}: nobody hears that {}", which, failed.line());
            } else if (e instanceof ImageFailure) {
                LOG.warn("{}: {}", which, failed.line());
            } else {
                LOG.warn("{}: {}", which, failed.line(), e);
            }
            return Answer.problem(
                    ApiProblem.of(ProblemKind.FAILED, failed.title() + ": " + failed.detail(), failed.cure()));
        }
    }

    /** PATCH may come as POST with X-HTTP-Method-Override: some clients, Java's small one among them, know no PATCH. */
    private static String method(HttpServerExchange exchange) {
        String method = exchange.getRequestMethod().toString();
        return method.equals("POST")
                        && header(exchange, "X-HTTP-Method-Override").orElse("").equals("PATCH")
                ? "PATCH"
                : method;
    }

    /** Decoded by Undertow; empty ones, as of a slash at the end, are left out. */
    private static List<String> segments(HttpServerExchange exchange) throws ApiProblem {
        String path = exchange.getRequestPath();
        if (!path.startsWith("/api/")) {
            throw ApiProblem.of(
                    ProblemKind.NO_SUCH_REQUEST,
                    "there is nothing at " + path,
                    "/api/openapi.yaml tells what there is");
        }
        return Arrays.stream(path.substring("/api/".length()).split("/"))
                .filter(segment -> !segment.isEmpty())
                .toList();
    }

    /** A token in the header goes before a cookie, which a browser sends unasked. */
    private static Request.Origin origin(HttpServerExchange exchange) {
        Map<String, String> cookies = new TreeMap<>();
        for (Cookie cookie : exchange.requestCookies()) {
            cookies.put(cookie.getName(), cookie.getValue());
        }
        String header = header(exchange, "Authorization").orElse("");
        String secret = isBearer(header) ? header.substring(7).strip() : cookies.getOrDefault(SESSION_COOKIE, "");
        String address = ExchangeEnds.source(exchange);
        String own = exchange.getRequestScheme() + "://" + exchange.getHostAndPort();
        return new Request.Origin(address, secret, cookies, header(exchange, "If-Match"), own);
    }

    /** Asked again and again while a stream is open. */
    private boolean mayStill(Route route, Request.Origin origin, boolean byCookie) {
        return access.caller(origin.secret(), byCookie, origin.address(), loopback, clock.instant())
                .filter(caller -> caller.may(route.permission()))
                .isPresent();
    }

    private Optional<Caller> caller(HttpServerExchange exchange, Request.Origin origin, Instant now) {
        if (origin.secret().isEmpty()) {
            return Optional.empty();
        }
        return access.caller(origin.secret(), isByCookie(exchange), origin.address(), loopback, now);
    }

    /** A proxy may want an Authorization of its own. */
    private static boolean isBearer(String header) {
        return header.regionMatches(true, 0, "Bearer ", 0, 7);
    }

    private static boolean isByCookie(HttpServerExchange exchange) {
        return !isBearer(header(exchange, "Authorization").orElse(""));
    }

    /** A browser sends the cookie also when another site's page asks it to; it says so, and then the answer is no. */
    private static void refuseForeignSites(HttpServerExchange exchange, Route route, Optional<Caller> caller)
            throws ApiProblem {
        if (route.method().equals("GET")
                || route.permission() == Permission.NONE
                || caller.isEmpty()
                || caller.get().by() != Caller.By.COOKIE) {
            return;
        }
        boolean same = header(exchange, "Sec-Fetch-Site")
                .map(site -> site.equals("same-origin"))
                .orElseGet(() -> header(exchange, "Origin")
                        .map(site -> site.equals(exchange.getRequestScheme() + "://" + exchange.getHostAndPort()))
                        .orElse(false));
        if (!same) {
            throw ApiProblem.of(
                    ProblemKind.FORBIDDEN, "this request comes from another site's page", "begin at Firstlight's own");
        }
    }

    private static Request request(
            HttpServerExchange exchange,
            Router.Found found,
            Optional<Caller> caller,
            Request.Origin origin,
            Instant now)
            throws IOException, ApiProblem {
        Route.Takes takes = found.route().takes();
        int largest = found.route().permission() == Permission.NONE ? LARGEST_OF_ANYBODY : LARGEST;
        byte[] octets = takes == Route.Takes.OCTETS
                ? new byte[0]
                : exchange.getInputStream().readNBytes(largest + 1);
        if (octets.length > largest) {
            throw ApiProblem.of(
                    ProblemKind.NOT_UNDERSTOOD,
                    "the body has more than " + (largest >> 10) + " KiB",
                    "send it in parts");
        }
        Map<String, String> parameters = new TreeMap<>();
        exchange.getQueryParameters().forEach((name, values) -> parameters.put(name, values.getFirst()));
        boolean text = takes == Route.Takes.TEXT;
        return new Request(
                method(exchange),
                segments(exchange),
                found.variables(),
                parameters,
                text ? Body.NONE : json(octets),
                text ? text(octets) : "",
                takes == Route.Takes.OCTETS ? exchange.getInputStream() : InputStream.nullInputStream(),
                caller,
                origin,
                now,
                Optional.empty());
    }

    /** Strictly: a spreadsheet's file in another encoding would be taken with its umlauts lost. */
    private static String text(byte[] octets) throws ApiProblem {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets))
                    .toString();
        } catch (CharacterCodingException e) {
            throw ApiProblem.of(
                    ProblemKind.NOT_UNDERSTOOD,
                    "the text is not in UTF-8",
                    "save it as such (spreadsheets call that CSV UTF-8)");
        }
    }

    /** Nothing at all counts as an object without fields. */
    private static Body json(byte[] octets) throws ApiProblem {
        if (octets.length == 0) {
            return Body.NONE;
        }
        try {
            JsonNode node = Json.MAPPER.readTree(octets);
            if (!node.isObject()) {
                throw ApiProblem.of(ProblemKind.NOT_UNDERSTOOD, "the body is no JSON object", "send { ... }");
            }
            return new Body("", node);
        } catch (JacksonException e) {
            throw ApiProblem.of(
                    ProblemKind.NOT_UNDERSTOOD, "the body is no JSON: " + e.getOriginalMessage(), "see RFC 8259");
        }
    }

    private static Optional<String> header(HttpServerExchange exchange, String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
    }

    /** Never stored by anybody between: answers hold secrets once (tokens), and what is true now. */
    private static void send(HttpServerExchange exchange, Answer answer) throws IOException {
        // A problem may come before the body was asked for.
        if (!exchange.isBlocking()) {
            exchange.startBlocking();
        }
        exchange.setStatusCode(answer.status());
        answer.headers().forEach((name, value) -> exchange.getResponseHeaders().put(new HttpString(name), value));
        exchange.getResponseHeaders().put(new HttpString("X-Content-Type-Options"), "nosniff");
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
        if (!answer.type().isEmpty()) {
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, answer.type());
        }
        if (answer.octets().isPresent()) {
            stream(exchange, answer.octets().get());
            return;
        }
        exchange.getOutputStream().write(answer.body().getBytes(StandardCharsets.UTF_8));
        exchange.getOutputStream().close();
    }

    /** What fails in the middle must not look whole: the connection breaks. */
    private static void stream(HttpServerExchange exchange, Answer.Octets octets) {
        try {
            octets.write(exchange.getOutputStream());
            exchange.getOutputStream().close();
        } catch (IOException failure) {
            LOG.warn("{} {}: {}", exchange.getRequestMethod(), exchange.getRequestPath(), failure.getMessage());
            IoUtils.safeClose(exchange.getConnection());
        }
    }
}
