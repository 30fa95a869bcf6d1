package io.tollgate.grpc.transcoding;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests and responses of methods with one response, through a real server. */
class TranscodingTest {
    private static Front front;

    @BeforeAll
    static void open() {
        front = Front.open();
    }

    @AfterAll
    static void close() {
        front.close();
    }

    @BeforeEach
    void forget() {
        front.catalog.requests.clear();
    }

    /** The request, its body, and the message that the service gets, in the text format. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "GET    | /v1/shelves/1/books/2             |                            | name: `shelves/1/books/2`",
                "GET    | /v1/editions/978                  |                            | isbn: `978`",
                "GET    | /v1/by-number/9007199254740993    |                            | number: 9007199254740993",
                "GET    | /v1/by-number/-1                  |                            | number: -1",
                "DELETE | /v1/shelves/1/books/2             |                            | name: `shelves/1/books/2`",
                "DELETE | /v1/shelves/1/books/2             | {}                         | name: `shelves/1/books/2`",
                "GET    | /v1/shelves/a%20b/books/%C3%BC    |                            | name: `shelves/a b/books/ü`",
                "GET    | /v1/shelves/a%2Fb/books/c%2fd%25  |                            | name: `shelves/a%2Fb/books/c%2fd%`",
                "GET    | /v1/editions/a%2Fb%2fc%2Bd+e      |                            | isbn: `a/b/c+d+e`",
                "GET    | /v1/editions/%252F                |                            | isbn: `%2F`",
                "GET    | /v1/editions/a:b                  |                            | isbn: `a:b`",
                "GET    | /v1/editions/..                   |                            | isbn: `..`",
                "GET    | /v1/echo/many                     |                            | ``",
                "GET    | /v1/echo/many/a/b%20c/d           |                            | text: `a/b c/d`",
                "GET    | /v1/echo/between/end              |                            | ``",
                "GET    | /v1/echo/between/x/end/y/end      |                            | text: `x/end/y`",
                "GET    | /v1/echo/deep/x                   |                            | child { child { text: `x` } }",
                "GET    | /v1/echo/one/t/x/y                |                            | text: `t` a: `x/y`",
                "GET    | /v1/echo/types/5/true/RED/aGk/2024-01-01T00:00:00Z | | big: 5 data: `hi` flag: true color: RED time { seconds: 1704067200 }",
                "LIST   | /v1/echo?text=t                   |                            | text: `t`",
                "PURGE  | /v1/any/x                         |                            | text: `x`",
                "POST   | /v1/shelves/1/books               | {\"title\":\"T\"}          | parent: `shelves/1` book { title: `T` }",
                "POST   | /v1/shelves/1/books?book_id=7     | {\"title\":\"T\"}          | parent: `shelves/1` book { title: `T` } book_id: `7`",
                "POST   | /v1/shelves/1/books?bookId=7      |                            | parent: `shelves/1` book_id: `7`",
                "PATCH  | /v1/shelves/1/books/2             | {\"title\":\"T\"}          | book { name: `shelves/1/books/2` title: `T` }",
                "PATCH  | /v1/shelves/1/books/2?updateMask=title,createTime | {}         | book { name: `shelves/1/books/2` } update_mask { paths: `title` paths: `create_time` }",
                "PATCH  | /v1/shelves/1/books/2             | {\"name\":\"shelves/9\"}   | book { name: `shelves/1/books/2` }",
                "POST   | /v1/shelves/1/books/2:move        | {\"otherShelf\":\"9\"}     | name: `shelves/1/books/2` other_shelf: `9`",
                "POST   | /v1/shelves/1/books/2:move        |                            | name: `shelves/1/books/2`",
                "POST   | /v1/shelves/1/books/2%3Amove:move | {}                         | name: `shelves/1/books/2:move`",
                "PUT    | /v1/echo/number/t                 | 7                          | text: `t` number: 7",
                "PUT    | /v1/echo/number/t                 | \"7\"                      | text: `t` number: 7",
                "PUT    | /v1/echo/same/8                   | 7                          | number: 8",
                "PUT    | /v1/echo/number/t?flag=true       |                            | text: `t` flag: true",
                "PUT    | /v1/echo/tags                     | [\"a\",\"b\"]              | tags: `a` tags: `b`",
                "PUT    | /v1/echo/labels                   | {\"a\":1}                  | labels { key: `a` value: 1 }",
                "PUT    | /v1/echo/value                    | null                       | value { null_value: NULL_VALUE }",
                "PUT    | /v1/echo/time                     | \"1970-01-01T00:00:01Z\"   | time { seconds: 1 }",
                "GET    | /v1/shelves/1/books?page_size=2&pageToken=a+b%2Bc | | parent: `shelves/1` page_size: 2 page_token: `a b+c`",
                "GET    | /v1/shelves/1/books?filter.author.name=A&filter.author.mentor.name=M | | parent: `shelves/1` filter { author { name: `A` mentor { name: `M` } } }",
                "GET    | /v1/shelves/1/books?tags=a&tags=b&years=1&years=2 | | parent: `shelves/1` tags: `a` tags: `b` years: 1 years: 2",
                "GET    | /v1/shelves/1/books?order=TITLE&orders=1&orders=TITLE | | parent: `shelves/1` order: TITLE orders: TITLE orders: TITLE",
                "GET    | /v1/shelves/1/books?page_token    |                            | parent: `shelves/1`",
                "GET    | /v1/shelves/1/books?parent=other  |                            | parent: `shelves/1`",
                "GET    | /v1/shelves/1/books?&&            |                            | parent: `shelves/1`",
                "GET    | /v1/echo?text=&flag=true&maybe=0  |                            | flag: true maybe: 0",
                "GET    | /v1/echo?time=2024-01-01T00:00:00Z&pause=1.5s&mask=fooBar&wrapped=0 | | time { seconds: 1704067200 } pause { seconds: 1 nanos: 500000000 } mask { paths: `foo_bar` } wrapped { }",
                "GET    | /v1/echo?unsigned=18446744073709551615&ratio=NaN&data=_-8 | | unsigned: 18446744073709551615 ratio: nan data: `\\377\\357`",
                "POST   | /v1/files/a/b%20c                 |                            | name: `files/a/b c`",
            })
    void bindsRequests(String method, String target, String body, String expected) throws Exception {
        HttpResponse<String> response =
                body == null ? front.send(method, target, "") : front.json(method, target, body);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        Message request = front.catalog.only();
        Message.Builder wanted = request.newBuilderForType();
        TextFormat.merge(expected.replace('`', '"'), wanted);
        assertThat(request).isEqualTo(wanted.build());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "GET  | /v1/nothing                       |        | 404 | ROUTE_NOT_FOUND",
                "GET  | /                                 |        | 404 | ROUTE_NOT_FOUND",
                "GET  | /v1/shelves/1/books/2/            |        | 404 | ROUTE_NOT_FOUND",
                "GET  | /v1/shelves//books/2              |        | 404 | ROUTE_NOT_FOUND",
                "GET  | /v1/shelves/1/books%2F2           |        | 404 | ROUTE_NOT_FOUND",
                "GET  | /v1/%73helves/1/books/2           |        | 404 | ROUTE_NOT_FOUND",
                "GET  | /v1/shelves/1/../1/books/2        |        | 404 | ROUTE_NOT_FOUND",
                "GET  | /v1/files/../shelves              |        | 200 | -",
                "PUT  | /v1/shelves/1/books/2             |        | 405 | METHOD_NOT_ALLOWED",
                "GET  | /v1/shelves/1/books/2:move        |        | 200 | -",
                "PUT  | /v1/shelves/1/books/2:move        |        | 405 | METHOD_NOT_ALLOWED",
                "GET  | /v1/editions/%C3                  |        | 400 | INVALID_REQUEST",
                "GET  | /v1/editions/%C0%AF               |        | 400 | INVALID_REQUEST",
                "GET  | /v1/echo?text=%C3                 |        | 400 | INVALID_REQUEST",
                "GET  | /v1/echo                          | [1]    | 400 | INVALID_REQUEST",
                "DELETE | /v1/shelves/1/books/2           | {\"a\":1} | 400 | INVALID_REQUEST",
                "POST | /v1/echo                          | {      | 400 | INVALID_JSON",
                "POST | /v1/echo                          | null   | 400 | INVALID_JSON",
                "POST | /v1/echo                          | []     | 400 | INVALID_JSON",
                "POST | /v1/echo                          | {\"text\":1} | 400 | INVALID_ARGUMENT",
                "POST | /v1/echo?text=a                   | {}     | 400 | INVALID_ARGUMENT",
                "POST | /v1/echo?utm=a                    |        | 400 | INVALID_ARGUMENT",
                "GET  | /v1/by-number/x                   |        | 400 | INVALID_ARGUMENT",
                "GET  | /v1/by-number/9223372036854775808 |        | 400 | INVALID_ARGUMENT",
                "GET  | /v1/echo?nothing=1                |        | 400 | INVALID_ARGUMENT",
                "GET  | /v1/echo?=1                       |        | 400 | INVALID_ARGUMENT",
                "GET  | /v1/echo?text=a&text=b            |        | 400 | INVALID_ARGUMENT",
                "GET  | /v1/echo?user_id=a&userId=b       |        | 400 | INVALID_ARGUMENT",
                "GET  | /v1/echo?child=x                  |        | 400 | INVALID_ARGUMENT",
                "GET  | /v1/echo?children=x               |        | 400 | INVALID_ARGUMENT",
                "GET  | /v1/echo?children.text=x          |        | 400 | INVALID_ARGUMENT",
                "GET  | /v1/echo?labels=x                 |        | 400 | INVALID_ARGUMENT",
                "GET  | /v1/echo?labels.a=1               |        | 400 | INVALID_ARGUMENT",
                "GET  | /v1/echo?time.seconds=1           |        | 400 | INVALID_ARGUMENT",
                "GET  | /v1/echo?text.x=1                 |        | 400 | INVALID_ARGUMENT",
                "GET  | /v1/echo?a=x&b=1                  |        | 400 | INVALID_ARGUMENT",
                "GET  | /v1/echo?number=                  |        | 400 | INVALID_ARGUMENT",
                "GET  | /v1/echo?color=GREEN              |        | 400 | INVALID_ARGUMENT",
                "POST | /v1/shelves/1/books?book.title=T  |        | 400 | INVALID_ARGUMENT",
                "PUT  | /v1/echo/number/t                 | 1.5    | 400 | INVALID_ARGUMENT",
                "PUT  | /v1/echo/number/t                 | [1]    | 400 | INVALID_ARGUMENT",
                "PUT  | /v1/echo/same/8                   | x      | 400 | INVALID_JSON",
            })
    void rejectsRequests(String method, String target, String body, int status, String code) {
        HttpResponse<String> response =
                body == null ? front.send(method, target, "") : front.json(method, target, body);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        if (status != 200) {
            assertThat(response.body()).contains("\"code\":\"" + code + "\"");
            assertThat(front.catalog.requests).isEmpty();
        }
    }

    @Test
    void namesEveryParameterAtFault() {
        HttpResponse<String> response = front.get(
                "/v1/shelves/1/books?nothing=1&page_size=x&filter.author=1&filter.author.name=a&filter.author.name=b");

        assertThat(response.body())
                .contains("\"field\":\"nothing\"")
                .contains("\"field\":\"pageSize\"")
                .contains("\"field\":\"filter.author\"")
                .contains("\"field\":\"filter.author.name\"");
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/echo?user_id=x, userId, IN_BODY",
        "POST, /v1/shelves/1/books?book.create_time=x, book.createTime, IN_BODY",
        "GET, /v1/echo?choices_by_name=x, choices_by_name, UNKNOWN_FIELD",
        "GET, /v1/echo?owner.user_id=x&owner.userId=y, owner.userId, DUPLICATE_FIELD",
        "GET, /v1/echo/choice/x?b=2, b, ONEOF_CONFLICT",
    })
    void namesFieldsAsInJson(String method, String target, String field, String code) {
        assertThat(front.send(method, target, "").body())
                .contains("\"violations\":[{\"field\":\"" + field + "\",\"code\":\"" + code + "\"");
    }

    @Test
    void namesTheMethodsThatExist() {
        HttpResponse<String> response = front.json("PUT", "/v1/shelves/1/books/2", "{}");
        assertThat(response.headers().firstValue("Allow")).contains("DELETE, GET, HEAD, PATCH");

        HttpResponse<String> options = front.send("OPTIONS", "/v1/shelves/1/books/2", "");
        assertThat(options.statusCode()).isEqualTo(204);
        assertThat(options.headers().firstValue("Allow")).contains("DELETE, GET, HEAD, PATCH");

        assertThat(front.send("OPTIONS", "/v1/nothing", "").statusCode()).isEqualTo(404);
        assertThat(front.send("OPTIONS", "/v1/any/x", "").statusCode())
                .as("any method includes this one")
                .isEqualTo(200);
    }

    @Test
    void respondsToHeadAsToGet() {
        HttpResponse<String> get = front.get("/v1/shelves/1/books/2");
        HttpResponse<String> head = front.send("HEAD", "/v1/shelves/1/books/2", "");

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(head.headers().firstValue("Content-Length"))
                .isEqualTo(get.headers().firstValue("Content-Length"));
    }

    @Test
    void writesTheResponseOrOneFieldOfIt() {
        assertThat(front.get("/v1/shelves/1/books?page_size=1").body())
                .isEqualTo("{\"books\":[{\"name\":\"shelves/1/books/1\"}],\"nextPageToken\":\"next\"}");
        assertThat(front.get("/v1/books:search?page_size=1").body()).isEqualTo("[{\"name\":\"/books/1\"}]");
        assertThat(front.get("/v1/books:search").body()).isEqualTo("[]");
        assertThat(front.get("/v1/books:next").body()).isEqualTo("\"next\"");
        assertThat(front.get("/v1/books:best").body()).isEqualTo("{}");
        assertThat(front.get("/v1/books:count").body()).isEqualTo("\"0\"");
        assertThat(front.send("DELETE", "/v1/shelves/1/books/2", "").body()).isEqualTo("{}");
        assertThat(front.get("/v1/any/x").body()).isEqualTo("\"x\"");
    }

    @Test
    void passesHttpBodiesOn() {
        HttpResponse<String> raw = front.send("POST", "/v1/raw", "{not json", "Content-Type", "text/x-raw; a=b");
        assertThat(raw.body()).isEqualTo("{not json");
        assertThat(raw.headers().firstValue("Content-Type")).contains("text/x-raw; a=b");

        HttpResponse<String> upload = front.send("POST", "/v1/files/a/b?note=n", "hi", "Content-Type", "image/png");
        assertThat(upload.body())
                .isEqualTo(
                        "{\"name\":\"files/a/b\",\"file\":{\"contentType\":\"image/png\",\"data\":\"aGk=\"},\"note\":\"n\"}");

        HttpResponse<String> download = front.get("/v1/files/a/b");
        assertThat(download.body()).isEqualTo("files/a/b");
        assertThat(download.headers().firstValue("Content-Type")).contains("text/x-name");
        assertThat(front.get("/v1/attached/x").body()).isEqualTo("x");
    }

    @Test
    void doesNotLetAServiceInjectHeaders() {
        HttpResponse<String> response = front.get("/v1/files/evil");

        assertThat(response.headers().firstValue("X-Evil")).isEmpty();
        assertThat(response.headers().firstValue("Content-Type")).contains("application/octet-stream");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "APPLICATION/JSON",
                "application/json; charset=utf-8",
                "application/json;charset=\"UTF-8\"; x=y",
                "application/merge-patch+json",
                "application/vnd.api+JSON",
            })
    void readsJsonByAnyOfItsNames(String type) {
        assertThat(front.send("POST", "/v1/echo", "{}", "Content-Type", type).statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "application/jsonp",
                "+json",
                "application/+json",
                "json",
                "application/json; charset=latin1",
                "application/json, text/plain",
            })
    void rejectsABodyThatIsNotJson(String type) {
        HttpResponse<String> response = front.send("POST", "/v1/echo", "{}", "Content-Type", type);

        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(response.body()).contains("UNSUPPORTED_MEDIA_TYPE");
    }

    @Test
    void needsAContentTypeForABodyOnly() {
        assertThat(front.send("POST", "/v1/echo", "{}").statusCode()).isEqualTo(415);
        assertThat(front.send("POST", "/v1/echo", "").statusCode()).isEqualTo(200);
        assertThat(front.send("POST", "/v1/echo", "", "Content-Type", "text/plain")
                        .statusCode())
                .isEqualTo(200);
        assertThat(front.send("POST", "/v1/echo", "{}", "Content-Type", "application/json", "Content-Encoding", "gzip")
                        .statusCode())
                .isEqualTo(415);
    }

    @Test
    void limitsTheBody() {
        try (Front small = Front.open(builder -> builder.maxBodySize(20))) {
            assertThat(small.json("POST", "/v1/echo", "{\"text\":\"1234567\"}").statusCode())
                    .isEqualTo(200);
            assertThat(small.json("POST", "/v1/echo", "{\"text\":\"12345678901\"}")
                            .statusCode())
                    .isEqualTo(413);
        }
    }

    @Test
    void writesNamesAndDefaultsAsConfigured() {
        try (Front other = Front.open(builder ->
                builder.preserveProtoNames(true).emitDefaultValues(true).ignoreUnknownQuery(true))) {
            assertThat(other.get("/v1/shelves/1/books?utm_source=x").body())
                    .isEqualTo("{\"books\":[],\"next_page_token\":\"next\",\"total\":\"0\"}");
            assertThat(other.json("POST", "/v1/shelves/1/books/2:move?utm=1", "{\"other_shelf\":\"x\"}")
                            .body())
                    .contains("\"name\":\"x\"");
            assertThat(other.json("POST", "/v1/echo?text=1", "{}").statusCode()).isEqualTo(400);
        }
    }
}
