package io.tollgate.grpc.transcoding.json;

import static io.tollgate.grpc.transcoding.json.ProtoJsonTest.json;
import static io.tollgate.grpc.transcoding.json.TestCodecs.everything;
import static io.tollgate.grpc.transcoding.json.TestCodecs.violations;
import static io.tollgate.grpc.transcoding.json.TestCodecs.write;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.NullValue;
import com.google.protobuf.Value;
import io.tollgate.grpc.transcoding.codec.Everything;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The types of {@code google.protobuf} that have a form of their own in JSON; see {@link ProtoJsonTest} for the differences. */
class WellKnownTypesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        timestamp | '0001-01-01T00:00:00Z'           | '0001-01-01T00:00:00Z'
        timestamp | '9999-12-31T23:59:59.999999999Z' | '9999-12-31T23:59:59.999999999Z'
        timestamp | '1970-01-01T00:00:00.010000000Z' | '1970-01-01T00:00:00.010Z'
        timestamp | '1970-01-01T00:00:00.000010000Z' | '1970-01-01T00:00:00.000010Z'
        timestamp | '1970-01-01T00:00:00.000000010Z' | '1970-01-01T00:00:00.000000010Z'
        timestamp | '1970-01-01T00:00:00.1Z'         | '1970-01-01T00:00:00.100Z'
        timestamp | '1969-12-31T16:00:00-08:00'      | '1970-01-01T00:00:00Z'
        timestamp | '1970-01-02T01:00:00+02:00'      | '1970-01-01T23:00:00Z'
        timestamp | '0001-01-01T00:00:00-00:01'      | '0001-01-01T00:01:00Z'
        timestamp | '1970-01-01T00:00:00-11:30'      | '1970-01-01T11:30:00Z'
        timestamp | '2000-02-29T00:00:00Z'           | '2000-02-29T00:00:00Z'
        timestamp | '1969-12-31T23:59:58.999999999Z' | '1969-12-31T23:59:58.999999999Z'
        duration  | '-315576000000.999999999s'       | '-315576000000.999999999s'
        duration  | '315576000000.999999999s'        | '315576000000.999999999s'
        duration  | '1.000000000s'                   | '1s'
        duration  | '1.01s'                          | '1.010s'
        duration  | '1.00001s'                       | '1.000010s'
        duration  | '-0.5s'                          | '-0.500s'
        duration  | '-5s'                            | '-5s'
        duration  | '0s'                             | '0s'
        fieldMask | 'foo,barBaz.quxQuux'             | 'foo,barBaz.quxQuux'
        fieldMask | ''                               | ''
        fieldMask | 'a,,b,'                          | 'a,b'
        fieldMask | '*'                              | '*'
        struct    | {'a':null,'b':1,'c':'x','d':true,'e':[1,[]],'f':{'g':{}}} | {'a':null,'b':1.0,'c':'x','d':true,'e':[1.0,[]],'f':{'g':{}}}
        struct    | {}                               | {}
        value     | null                             | null
        value     | 1                                | 1.0
        value     | -2.5e3                           | -2500.0
        value     | 'NaN'                            | 'NaN'
        value     | false                            | false
        value     | [null]                           | [null]
        value     | {'value':1}                      | {'value':1.0}
        listValue | []                               | []
        listValue | [[['a']],null]                   | [[['a']],null]
        empty     | {}                               | {}
        boolWrapper   | false                        | false
        int32Wrapper  | 0                            | 0
        int64Wrapper  | '7'                          | '7'
        uint32Wrapper | 4294967295                   | 4294967295
        uint64Wrapper | 7                            | '7'
        floatWrapper  | 'NaN'                        | 'NaN'
        doubleWrapper | 1.5                          | 1.5
        stringWrapper | ''                           | ''
        bytesWrapper  | 'AQI'                        | 'AQI='
        valueList     | [['a'],null,{}]              | [['a'],null,{}]
        listValueList | [['a'],[]]                   | [['a'],[]]
        nullList      | [null,'NULL_VALUE',0]        | [null,null,null]
        int64WrapperList | [0,'1']                   | ['0','1']
        timestampList | ['1970-01-01T00:00:00Z']     | ['1970-01-01T00:00:00Z']
        valueMap      | {'a':null,'b':[]}            | {'a':null,'b':[]}
        nullMap       | {'1':null}                   | {'1':null}
        wrapperMap    | {'':5}                       | {'':'5'}
        """)
    void readsWellKnownTypes(String field, String read, String written) {
        assertThat(write(everything(json("{'" + field + "':" + read + "}"))))
                .isEqualTo(json("{'" + field + "':" + written + "}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        timestamp | '0000-01-01T00:00:00Z'           | OUT_OF_RANGE
        timestamp | '10000-01-01T00:00:00Z'          | INVALID_FORMAT
        timestamp | '0001-01-01T00:00:00'            | INVALID_FORMAT
        timestamp | '0001-01-01 00:00:00Z'           | INVALID_FORMAT
        timestamp | '0001-01-01T00:00:00z'           | INVALID_FORMAT
        timestamp | '0001-01-01t00:00:00Z'           | INVALID_FORMAT
        timestamp | '1970-01-01T08:00:01+0800'       | INVALID_FORMAT
        timestamp | '1970-13-01T00:00:00Z'           | INVALID_FORMAT
        timestamp | '1970-00-01T00:00:00Z'           | INVALID_FORMAT
        timestamp | '1970-01-32T00:00:00Z'           | INVALID_FORMAT
        timestamp | '1970-01-00T00:00:00Z'           | INVALID_FORMAT
        timestamp | '1970-04-31T00:00:00Z'           | INVALID_FORMAT
        timestamp | '2001-02-29T00:00:00Z'           | INVALID_FORMAT
        timestamp | '1900-02-29T00:00:00Z'           | INVALID_FORMAT
        timestamp | '1970-01-01T24:00:00Z'           | INVALID_FORMAT
        timestamp | '1970-01-01T00:60:00Z'           | INVALID_FORMAT
        timestamp | '1970-01-01T00:00:60Z'           | INVALID_FORMAT
        timestamp | '1970-01-01T00:00:00+24:00'      | INVALID_FORMAT
        timestamp | '1970-01-01T00:00:00+00:60'      | INVALID_FORMAT
        timestamp | '0001-01-01T00:00:00+00:01'      | OUT_OF_RANGE
        timestamp | '9999-12-31T23:59:59-00:01'      | OUT_OF_RANGE
        timestamp | '1970-01-01T00:00:00.1234567890Z' | INVALID_FORMAT
        timestamp | '1970-01-01T00:00:00.123aZ'      | INVALID_FORMAT
        timestamp | '1970-01-01T00:00:00.Z'          | INVALID_FORMAT
        timestamp | '1970-1-01T00:00:00Z'            | INVALID_FORMAT
        timestamp | '999-01-01T00:00:00Z'            | INVALID_FORMAT
        timestamp | '1970-01-01T00:00:00Z '          | INVALID_FORMAT
        timestamp | '1970-01-01T00:00:00.5'          | INVALID_FORMAT
        timestamp | ''                               | INVALID_FORMAT
        timestamp | 0                                | WRONG_TYPE
        timestamp | {'seconds':1}                    | WRONG_TYPE
        duration  | '1'                              | INVALID_FORMAT
        duration  | '-315576000001s'                 | OUT_OF_RANGE
        duration  | '315576000001.000000000s'        | OUT_OF_RANGE
        duration  | '99999999999999999999s'          | OUT_OF_RANGE
        duration  | '.5s'                            | INVALID_FORMAT
        duration  | '1.s'                            | INVALID_FORMAT
        duration  | '1.0000000001s'                  | INVALID_FORMAT
        duration  | '+1s'                            | INVALID_FORMAT
        duration  | '--1s'                           | INVALID_FORMAT
        duration  | 's'                              | INVALID_FORMAT
        duration  | '1 s'                            | INVALID_FORMAT
        duration  | '1ss'                            | INVALID_FORMAT
        duration  | 1                                | WRONG_TYPE
        fieldMask | 'foo,bar_bar'                    | INVALID_FORMAT
        fieldMask | ['foo']                          | WRONG_TYPE
        struct    | []                               | WRONG_TYPE
        struct    | 'a'                              | WRONG_TYPE
        listValue | {}                               | WRONG_TYPE
        value     | 1e400                            | OUT_OF_RANGE
        value     | '\\uD800'                        | INVALID_UNICODE
        boolWrapper  | 'true'                        | WRONG_TYPE
        int32Wrapper | 2147483648                    | OUT_OF_RANGE
        int32Wrapper | {'value':1}                   | WRONG_TYPE
        """)
    void rejectsWellKnownTypes(String field, String value, String code) {
        assertThat(violations(json("{'" + field + "':" + value + "}"))).containsExactly(field + ' ' + code);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {}                                            | {}
        {'@type':'a.b/tollgate.codec.v1.Everything'}  | {'@type':'a.b/tollgate.codec.v1.Everything'}
        {'@type':'/tollgate.codec.v1.Everything','int32Value':5} | {'@type':'/tollgate.codec.v1.Everything','int32Value':5}
        {'int32Value':5,'@type':'a/b/tollgate.codec.v1.Everything'} | {'@type':'a/b/tollgate.codec.v1.Everything','int32Value':5}
        {'int32Value':5,'\\u0040type':'x/tollgate.codec.v1.Everything'} | {'@type':'x/tollgate.codec.v1.Everything','int32Value':5}
        {'@type':'x/google.protobuf.Duration','value':'1.5s'} | {'@type':'x/google.protobuf.Duration','value':'1.500s'}
        {'value':'1.5s','@type':'x/google.protobuf.Duration'} | {'@type':'x/google.protobuf.Duration','value':'1.500s'}
        {'@type':'x/google.protobuf.Timestamp'}       | {'@type':'x/google.protobuf.Timestamp','value':'1970-01-01T00:00:00Z'}
        {'@type':'x/google.protobuf.Value','value':null} | {'@type':'x/google.protobuf.Value','value':null}
        {'@type':'x/google.protobuf.Value','value':{'a':1}} | {'@type':'x/google.protobuf.Value','value':{'a':1.0}}
        {'@type':'x/google.protobuf.Struct','value':{'a':1}} | {'@type':'x/google.protobuf.Struct','value':{'a':1.0}}
        {'@type':'x/google.protobuf.Int64Value','value':7} | {'@type':'x/google.protobuf.Int64Value','value':'7'}
        {'@type':'x/google.protobuf.FieldMask','value':'aB'} | {'@type':'x/google.protobuf.FieldMask','value':'aB'}
        {'@type':'x/google.protobuf.Empty'}           | {'@type':'x/google.protobuf.Empty'}
        {'@type':'x/google.protobuf.Any','value':{'@type':'x/tollgate.codec.v1.Everything','boolValue':true}} | {'@type':'x/google.protobuf.Any','value':{'@type':'x/tollgate.codec.v1.Everything','boolValue':true}}
        {'any':{'child':{'stringValue':'y'},'@type':'x/tollgate.codec.v1.Everything'},'@type':'x/tollgate.codec.v1.Everything'} | {'@type':'x/tollgate.codec.v1.Everything','any':{'@type':'x/tollgate.codec.v1.Everything','child':{'stringValue':'y'}}}
        """)
    void readsAny(String read, String written) {
        assertThat(write(everything(json("{'any':" + read + "}")))).isEqualTo(json("{'any':" + written + "}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {'@type':'x/tollgate.codec.v1.Everything','@type':'x/tollgate.codec.v1.Everything'} | any.@type DUPLICATE_FIELD
        {'@type':'x/google.protobuf.Duration','value':'1s','value':'1s'} | any.value DUPLICATE_FIELD
        {'@type':'x/google.protobuf.Duration','value':'1s','@type':'x/google.protobuf.Duration'} | any.@type DUPLICATE_FIELD
        {'@type':'x/google.protobuf.Duration','value':'1'} | any.value INVALID_FORMAT
        {'@type':'x/google.protobuf.Duration','value':null} | any.value WRONG_TYPE
        {'@type':'x/google.protobuf.Duration','seconds':1} | any.seconds UNKNOWN_FIELD
        {'@type':'x/tollgate.codec.v1.Everything','value':1,'int32Value':'x'} | any.int32Value WRONG_TYPE
        {'int32Value':'x','@type':'x/tollgate.codec.v1.Everything'} | any.int32Value WRONG_TYPE
        {'any':{'int32Value':1,'@type':'x/nope'},'@type':'x/tollgate.codec.v1.Everything'} | any.any.@type UNKNOWN_TYPE
        """)
    void rejectsAny(String any, String violation) {
        assertThat(violations(json("{'any':" + any + "}"))).containsExactly(violation);
    }

    @Test
    void tellsNullFromUnset() {
        Everything message = everything("{\"value\":null,\"chosenNull\":null,\"child\":null}");

        assertThat(message.hasValue()).isTrue();
        assertThat(message.getValue().getKindCase()).isEqualTo(Value.KindCase.NULL_VALUE);
        assertThat(message.getChoiceCase()).isEqualTo(Everything.ChoiceCase.CHOSEN_NULL);
        assertThat(message.getChosenNull()).isEqualTo(NullValue.NULL_VALUE);
        assertThat(message.hasChild()).isFalse();
    }

    @Test
    void packsAsTheServiceWould() {
        Everything message = everything(
                "{\"any\":{\"int32Value\":5,\"@type\":\"type.googleapis.com/tollgate.codec.v1.Everything\"}}");

        assertThat(message.getAny())
                .isEqualTo(Any.pack(Everything.newBuilder().setInt32Value(5).build()));
    }
}
