package io.tollgate.grpc.transcoding.json;

import static io.tollgate.grpc.transcoding.json.TestCodecs.everything;
import static io.tollgate.grpc.transcoding.json.TestCodecs.read;
import static io.tollgate.grpc.transcoding.json.TestCodecs.violations;
import static io.tollgate.grpc.transcoding.json.TestCodecs.write;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.tollgate.grpc.transcoding.codec.Color;
import io.tollgate.grpc.transcoding.codec.Everything;
import io.tollgate.grpc.transcoding.codec.Swapped;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rules of ProtoJSON. Where {@code JsonFormat} of Java differs, ours follows the conformance suite of protobuf:
 *
 * <ul>
 *   <li>JsonFormat accepts, and ours rejects: booleans in quotes, numbers for strings, {@code +1} and {@code 01} in quotes,
 *       arrays of one element for enums, times and dates that do not exist, time zones without a colon, masks with underscores,
 *       base64 with half of its padding, and JSON that is none (comments, words without quotes, half surrogates);
 *   <li>JsonFormat reads {@code -0} as {@code 0.0} and floats by way of doubles;
 *   <li>JsonFormat writes masks that are read back as others, and an {@code Empty} in an {@code Any} only without a value.
 * </ul>
 */
class ProtoJsonTest {
    /** In the cells, an apostrophe stands for a quote. */
    static String json(String cell) {
        return cell.replace('\'', '"');
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {'int32Value':1}                       | {'int32Value':1}
        {'int32_value':1}                      | {'int32Value':1}
        {'int32Valu\\u0065':1}                 | {'int32Value':1}
        {'named':'a'}                          | {'@odd name':'a'}
        {'@odd name':'a'}                      | {'@odd name':'a'}
        {'_leading__under_scores_':1}          | {'LeadingUnderScores':1}
        {'LeadingUnderScores':1}               | {'LeadingUnderScores':1}
        {'field0name5':1}                      | {'field0name5':1}
        {'far':'a'}                            | {'far':'a'}
        {'far':'b','int32Value':1}             | {'int32Value':1,'far':'b'}
        {'int32Value':0,'stringValue':''}      | {}
        {'optionalInt32':0,'optionalString':''} | {'optionalInt32':0,'optionalString':''}
        {'chosenInt32':0}                      | {'chosenInt32':0}
        {'chosenBytes':''}                     | {'chosenBytes':''}
        {'chosenChild':{}}                     | {'chosenChild':{}}
        {'chosenInt32':null,'chosenString':'a'} | {'chosenString':'a'}
        {'chosenString':'a','chosenInt32':null} | {'chosenString':'a'}
        {'chosenNull':null}                    | {'chosenNull':null}
        {'chosenNull':'NULL_VALUE'}            | {'chosenNull':null}
        {'chosenValue':null}                   | {'chosenValue':null}
        {'nullValue':null}                     | {}
        {'int32List':[]}                       | {}
        {'int32List':null,'childMap':null,'child':null,'any':null,'struct':null,'listValue':null,'timestamp':null} | {}
        """)
    void readsFields(String read, String written) {
        assertThat(write(everything(json(read)))).isEqualTo(json(written));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        int32Value    | 2147483647             | 2147483647
        int32Value    | -2147483648            | -2147483648
        int32Value    | '2147483647'           | 2147483647
        int32Value    | '2\\u003147483647'     | 2147483647
        int32Value    | 100000.000             | 100000
        int32Value    | 1e5                    | 100000
        int32Value    | 1E+5                   | 100000
        int32Value    | '1e5'                  | 100000
        int32Value    | 2.147483647e9          | 2147483647
        int32Value    | -2.147483648e9         | -2147483648
        int32Value    | 1200e-2                | 12
        int32Value    | 0.0000000000000000000000000000000000012e37 | 12
        uint32Value   | 4294967295             | 4294967295
        uint32Value   | 4.294967295e9          | 4294967295
        sint32Value   | -2147483648            | -2147483648
        fixed32Value  | 4294967295             | 4294967295
        sfixed32Value | -2147483648            | -2147483648
        int64Value    | 9223372036854775807    | '9223372036854775807'
        int64Value    | -9223372036854775808   | '-9223372036854775808'
        int64Value    | '-9223372036854775808' | '-9223372036854775808'
        int64Value    | 9007199254740993       | '9007199254740993'
        int64Value    | 9007199254740993.0     | '9007199254740993'
        int64Value    | 9.007199254740993e15   | '9007199254740993'
        sint64Value   | -9223372036854775808   | '-9223372036854775808'
        sfixed64Value | -9223372036854775808   | '-9223372036854775808'
        uint64Value   | 18446744073709551615   | '18446744073709551615'
        uint64Value   | 18446744073709551615.000 | '18446744073709551615'
        uint64Value   | 1e19                   | '10000000000000000000'
        fixed64Value  | '18446744073709551615' | '18446744073709551615'
        uint64Value   | 1844674407370955161500e-2 | '18446744073709551615'
        floatValue    | 3.4028235e38           | 3.4028235E38
        floatValue    | 1.175494e-38           | 1.175494E-38
        floatValue    | '1'                    | 1.0
        floatValue    | 'NaN'                  | 'NaN'
        floatValue    | '-Infinity'            | '-Infinity'
        floatValue    | -0                     | -0.0
        floatValue    | 16777217               | 1.6777216E7
        doubleValue   | 1                      | 1.0
        doubleValue   | 1.7976931348623157e308 | 1.7976931348623157E308
        doubleValue   | '2.5e-3'               | 0.0025
        doubleValue   | 'Infinity'             | 'Infinity'
        doubleValue   | -0                     | -0.0
        doubleValue   | -0.0e10                | -0.0
        doubleValue   | 5e-324                 | 4.9E-324
        doubleValue   | 1e-400                 | 0.0
        doubleValue   | 0.1                    | 0.1
        doubleValue   | 123456.789             | 123456.789
        doubleValue   | 9007199254740993       | 9.007199254740992E15
        boolValue     | true                   | true
        stringValue   | '谷歌'                 | '谷歌'
        stringValue   | '\\u8C37\\u6b4c'       | '谷歌'
        stringValue   | '\\uD83D\\uDE01'       | '😁'
        stringValue   | '\\\\\\/\\b\\f\\n\\r\\t' | '\\\\/\\b\\f\\n\\r\\t'
        stringValue   | '\\u0000\\u001f\\u007f' | '\\u0000\\u001f\u007f'
        bytesValue    | 'AQI='                 | 'AQI='
        bytesValue    | 'AQI'                  | 'AQI='
        bytesValue    | '-_'                   | '+w=='
        bytesValue    | '+\\/8='               | '+/8='
        color         | 'RED'                  | 'RED'
        color         | 'CRIMSON'              | 'RED'
        color         | 1                      | 'RED'
        color         | 1.0                    | 'RED'
        color         | '1'                    | 'RED'
        color         | -7                     | 'NEGATIVE'
        color         | 123                    | 123
        color         | 2000000000             | 'FAR'
        """)
    void readsScalars(String field, String read, String written) {
        String expected = json("{'" + field + "':" + written + "}");
        Everything message = everything(json("{'" + field + "':" + read + "}"));
        assertThat(write(message)).isEqualTo(written.equals("0.0") ? "{}" : expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        int32Value    | 2147483648        | OUT_OF_RANGE
        int32Value    | -2147483649       | OUT_OF_RANGE
        int32Value    | 1e10              | OUT_OF_RANGE
        int32Value    | 1e1000000000      | OUT_OF_RANGE
        int32Value    | 0.5               | WRONG_TYPE
        int32Value    | 1e-1              | WRONG_TYPE
        int32Value    | 1e-1000000000     | WRONG_TYPE
        int32Value    | ''                | WRONG_TYPE
        int32Value    | ' 1'              | WRONG_TYPE
        int32Value    | '1 '              | WRONG_TYPE
        int32Value    | '+1'              | WRONG_TYPE
        int32Value    | '01'              | WRONG_TYPE
        int32Value    | '0x1'             | WRONG_TYPE
        int32Value    | '12abc'           | WRONG_TYPE
        int32Value    | '12谷歌34'        | WRONG_TYPE
        int32Value    | true              | WRONG_TYPE
        int32Value    | [1]               | WRONG_TYPE
        int32Value    | {}                | WRONG_TYPE
        uint32Value   | 4294967296        | OUT_OF_RANGE
        uint32Value   | -1                | OUT_OF_RANGE
        int64Value    | 9223372036854775808 | OUT_OF_RANGE
        int64Value    | '-9223372036854775809' | OUT_OF_RANGE
        int64Value    | '0.5'             | WRONG_TYPE
        uint64Value   | 18446744073709551616 | OUT_OF_RANGE
        uint64Value   | '1e536870000'     | OUT_OF_RANGE
        uint64Value   | -1                | OUT_OF_RANGE
        fixed64Value  | 1844674407370955161501e-2 | WRONG_TYPE
        sfixed64Value | 9223372036854775808 | OUT_OF_RANGE
        floatValue    | 3.502823e+38      | OUT_OF_RANGE
        floatValue    | -3.502823e+38     | OUT_OF_RANGE
        floatValue    | 'infinity'        | WRONG_TYPE
        floatValue    | '1f'              | WRONG_TYPE
        floatValue    | '0x1p3'           | WRONG_TYPE
        doubleValue   | 1.89769e+308      | OUT_OF_RANGE
        doubleValue   | 1e400             | OUT_OF_RANGE
        doubleValue   | '-1e400'          | OUT_OF_RANGE
        doubleValue   | ''                | WRONG_TYPE
        doubleValue   | '1d'              | WRONG_TYPE
        doubleValue   | ' 1'              | WRONG_TYPE
        doubleValue   | false             | WRONG_TYPE
        boolValue     | 0                 | WRONG_TYPE
        boolValue     | 'true'            | WRONG_TYPE
        stringValue   | 12345             | WRONG_TYPE
        stringValue   | true              | WRONG_TYPE
        stringValue   | ['a']             | WRONG_TYPE
        stringValue   | '\\uD800'         | INVALID_UNICODE
        stringValue   | '\\uDC00'         | INVALID_UNICODE
        stringValue   | '\\uDE01\\uD83D'  | INVALID_UNICODE
        stringValue   | '\\uD800a\\uDC00' | INVALID_UNICODE
        stringValue   | '\\uD83D\\uDE01\\uD83D' | INVALID_UNICODE
        bytesValue    | 'A'               | INVALID_FORMAT
        bytesValue    | 'AQ='             | INVALID_FORMAT
        bytesValue    | 'AQI=='           | INVALID_FORMAT
        bytesValue    | 'A===='           | INVALID_FORMAT
        bytesValue    | '='               | INVALID_FORMAT
        bytesValue    | 'A Q='            | INVALID_FORMAT
        bytesValue    | 'AQ=I'            | INVALID_FORMAT
        bytesValue    | 'ÄÄ'              | INVALID_FORMAT
        bytesValue    | 1                 | WRONG_TYPE
        color         | 'PURPLE'          | UNKNOWN_VALUE
        color         | 'red'             | UNKNOWN_VALUE
        color         | ''                | UNKNOWN_VALUE
        color         | 2147483648        | OUT_OF_RANGE
        color         | 1.5               | WRONG_TYPE
        color         | ['RED']           | WRONG_TYPE
        color         | true              | WRONG_TYPE
        child         | 1                 | WRONG_TYPE
        child         | []                | WRONG_TYPE
        child         | 'a'               | WRONG_TYPE
        int32List     | 1                 | WRONG_TYPE
        childList     | {}                | WRONG_TYPE
        int32Map      | []                | WRONG_TYPE
        nullValue     | 'x'               | UNKNOWN_VALUE
        empty         | []                | WRONG_TYPE
        noSuchField   | 1                 | UNKNOWN_FIELD
        Int32Value    | 1                 | UNKNOWN_FIELD
        """)
    void rejectsValues(String field, String value, String code) {
        assertThat(violations(json("{'" + field + "':" + value + ",'stringList':['a']}")))
                .containsExactly(field + ' ' + code);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        int32Map  | {'-1':2,'3':-4}        | {'-1':2,'3':-4}
        int64Map  | {'9223372036854775807':'-9223372036854775808'} | {'9223372036854775807':'-9223372036854775808'}
        uint32Map | {'4294967295':4294967295} | {'4294967295':4294967295}
        uint64Map | {'18446744073709551615':18446744073709551615} | {'18446744073709551615':'18446744073709551615'}
        sint32Map | {'-5':-6}              | {'-5':-6}
        sint64Map | {'-5':-6}              | {'-5':'-6'}
        fixed32Map | {'5':6}               | {'5':6}
        fixed64Map | {'5':6}               | {'5':'6'}
        sfixed32Map | {'-5':6}             | {'-5':6}
        sfixed64Map | {'-5':6}             | {'-5':'6'}
        boolMap   | {'true':true,'false':false} | {'true':true,'false':false}
        boolMap   | {'tr\\u0075e':true}    | {'true':true}
        int32Map  | {'\\u0031':2}          | {'1':2}
        int32Map  | {'1e2':2}              | {'100':2}
        stringMap | {'':'','a\\u0000':'b'} | {'':'','a\\u0000':'b'}
        colorMap  | {'a':'RED','b':77}     | {'a':'RED','b':77}
        childMap  | {'a':{},'b':{'int32Value':1}} | {'a':{},'b':{'int32Value':1}}
        doubleMap | {'a':'NaN'}            | {'a':'NaN'}
        """)
    void readsMaps(String field, String read, String written) {
        assertThat(write(everything(json("{'" + field + "':" + read + "}"))))
                .isEqualTo(json("{'" + field + "':" + written + "}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {'int32Map':{'1':null}}                       | int32Map['1'] NULL_VALUE
        {'childMap':{'a':null}}                       | childMap['a'] NULL_VALUE
        {'int32List':[1,null]}                        | int32List[1] NULL_VALUE
        {'childList':[{},null]}                       | childList[1] NULL_VALUE
        {'timestampList':[null]}                      | timestampList[0] NULL_VALUE
        {'structList':[null]}                         | structList[0] NULL_VALUE
        {'int32Map':{'a':1}}                          | int32Map['a'] WRONG_TYPE
        {'int32Map':{'':1}}                           | int32Map[''] WRONG_TYPE
        {'int32Map':{'2147483648':1}}                 | int32Map['2147483648'] OUT_OF_RANGE
        {'boolMap':{'TRUE':true}}                     | boolMap['TRUE'] WRONG_TYPE
        {'stringMap':{'a':'1','a':'2'}}               | stringMap['a'] DUPLICATE_KEY
        {'stringMap':{'a':'1','\\u0061':'2'}}         | stringMap['\\u0061'] DUPLICATE_KEY
        {'int32Map':{'1':1,'1.0':2}}                  | int32Map['1.0'] DUPLICATE_KEY
        {'struct':{'a':1,'a':1}}                      | struct['a'] DUPLICATE_KEY
        {'struct':{'a':{'b':['\\ud800']}}}            | struct['a']['b'][0] INVALID_UNICODE
        {'struct':{'\\ud800':1}}                      | struct['\\ud800'] INVALID_UNICODE
        {'childList':[{},{},{'childMap':{'x':{'stringValue':1}}}]} | childList[2].childMap['x'].stringValue WRONG_TYPE
        {'child':{'nope':1}}                          | child.nope UNKNOWN_FIELD
        {'child':{'no way':1}}                        | child['no way'] UNKNOWN_FIELD
        {'':1}                                        | [''] UNKNOWN_FIELD
        {'child':{'\\ud800':1}}                       | child['\\ud800'] INVALID_UNICODE
        {'int32Value':1,'int32Value':1}               | int32Value DUPLICATE_FIELD
        {'int32Value':1,'int32_value':1}              | int32Value DUPLICATE_FIELD
        {'int32Value':null,'int32_value':1}           | int32Value DUPLICATE_FIELD
        {'int32List':[],'int32List':[]}               | int32List DUPLICATE_FIELD
        {'chosenInt32':1,'chosenString':'a'}          | chosenString ONEOF_CONFLICT
        {'child':{'chosenValue':null,'chosenNull':null}} | child.chosenNull ONEOF_CONFLICT
        {'chosenInt32':1,'otherString':'a','otherUint64':1} | otherUint64 ONEOF_CONFLICT
        {'any':{'@type':'type.googleapis.com/nope'}}  | any.@type UNKNOWN_TYPE
        {'any':{'@type':'not_a_url','value':''}}      | any.@type UNKNOWN_TYPE
        {'any':{'@type':'','value':''}}               | any.@type UNKNOWN_TYPE
        {'any':{'@type':5}}                           | any.@type WRONG_TYPE
        {'any':{'value':5}}                           | any.@type REQUIRED
        {'any':5}                                     | any WRONG_TYPE
        """)
    void namesThePlace(String body, String violation) {
        assertThat(violations(json(body))).containsExactly(json(violation));
    }

    @Test
    void reportsAllViolationsInTheOrderOfTheBody() {
        assertThat(
                        violations(
                                json(
                                        "{'int32Value':'x','child':{'boolValue':1,'childList':[{'color':'x'}]},'nope':{'a':[1]},'duration':'x'}")))
                .containsExactly(
                        "int32Value WRONG_TYPE",
                        "child.boolValue WRONG_TYPE",
                        "child.childList[0].color UNKNOWN_VALUE",
                        "nope UNKNOWN_FIELD",
                        "duration INVALID_FORMAT");
    }

    @Test
    void prefersTheNameInJson() {
        String json = "{\"second\":\"a\",\"third\":\"b\"}";
        Swapped message = read(Swapped.getDefaultInstance(), json);

        assertThat(message)
                .isEqualTo(Swapped.newBuilder().setFirst("a").setSecond("b").build());
        assertThat(read(Swapped.getDefaultInstance(), "{\"first\":\"a\",\"third\":\"b\"}"))
                .isEqualTo(message);
        assertThat(write(message)).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"RED\"", "\"CRIMSON\"", "1", "1.0", "\"1\""})
    void readsAnEnumByAllItsNamesAndItsNumber(String value) {
        assertThat(everything("{\"color\":" + value + "}").getColor()).isEqualTo(Color.RED);
    }

    @Test
    void readsEscapedTextInEveryPlace() {
        Everything message = everything(
                "{\"stringList\":[\"\\u00e4\\ud83d\\ude01\",\"x\\\\\"],\"bytesValue\":\"\\u002b\\/8\",\"stringMap\":{\"\\u00e4\":\"\\n\"}}");

        assertThat(message.getStringListList()).containsExactly("ä😁", "x\\");
        assertThat(message.getBytesValue()).isEqualTo(ByteString.copyFrom(new byte[] {(byte) 0xfb, (byte) 0xff}));
        assertThat(message.getStringMapMap()).containsEntry("ä", "\n").hasSize(1);
    }
}
