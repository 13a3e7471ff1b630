/**
 * Buf's validation rules, which the registry's clients take for known, as declarations of our own from their published
 * names and numbers (protovalidate 1). Only the declarations: rules that come with CEL expressions are without them, since
 * nothing here evaluates any.
 */
const numericRules = [
  numeric('Float', 'float', 'optional bool finite = 8; repeated float example = 9;'),
  numeric('Double', 'double', 'optional bool finite = 8; repeated double example = 9;'),
  numeric('Int64', 'int64', 'repeated int64 example = 9;'),
  ...['Int32', 'UInt32', 'UInt64', 'SInt32', 'SInt64', 'Fixed32', 'Fixed64', 'SFixed32', 'SFixed64'].map((name) =>
    numeric(name, name.toLowerCase(), `repeated ${name.toLowerCase()} example = 8;`),
  ),
]

function numeric(name: string, type: string, others: string): string {
  return `
    message ${name}Rules {
      optional ${type} const = 1;
      oneof less_than { ${type} lt = 2; ${type} lte = 3; }
      oneof greater_than { ${type} gt = 4; ${type} gte = 5; }
      repeated ${type} in = 6;
      repeated ${type} not_in = 7;
      ${others}
      extensions 1000 to max;
    }`
}

export const bufValidateFile = {
  'buf/validate/validate.proto': `
    syntax = "proto2";
    package buf.validate;
    import "google/protobuf/descriptor.proto";
    import "google/protobuf/duration.proto";
    import "google/protobuf/field_mask.proto";
    import "google/protobuf/timestamp.proto";
    extend google.protobuf.MessageOptions { optional MessageRules message = 1159; }
    extend google.protobuf.OneofOptions { optional OneofRules oneof = 1159; }
    extend google.protobuf.FieldOptions { optional FieldRules field = 1159; optional PredefinedRules predefined = 1160; }
    message Rule { optional string id = 1; optional string message = 2; optional string expression = 3; }
    message MessageRules {
      reserved 1;
      reserved "disabled";
      repeated Rule cel = 3;
      repeated MessageOneofRule oneof = 4;
      repeated string cel_expression = 5;
    }
    message MessageOneofRule { repeated string fields = 1; optional bool required = 2; }
    message OneofRules { optional bool required = 1; }
    message FieldRules {
      reserved 24, 26;
      reserved "skipped", "ignore_empty";
      oneof type {
        FloatRules float = 1;
        DoubleRules double = 2;
        Int32Rules int32 = 3;
        Int64Rules int64 = 4;
        UInt32Rules uint32 = 5;
        UInt64Rules uint64 = 6;
        SInt32Rules sint32 = 7;
        SInt64Rules sint64 = 8;
        Fixed32Rules fixed32 = 9;
        Fixed64Rules fixed64 = 10;
        SFixed32Rules sfixed32 = 11;
        SFixed64Rules sfixed64 = 12;
        BoolRules bool = 13;
        StringRules string = 14;
        BytesRules bytes = 15;
        EnumRules enum = 16;
        RepeatedRules repeated = 18;
        MapRules map = 19;
        AnyRules any = 20;
        DurationRules duration = 21;
        TimestampRules timestamp = 22;
        FieldMaskRules field_mask = 28;
      }
      repeated Rule cel = 23;
      optional bool required = 25;
      optional Ignore ignore = 27;
      repeated string cel_expression = 29;
    }
    message PredefinedRules {
      reserved 24, 26;
      reserved "skipped", "ignore_empty";
      repeated Rule cel = 1;
    }
    ${numericRules.join('')}
    message BoolRules { optional bool const = 1; repeated bool example = 2; extensions 1000 to max; }
    message StringRules {
      optional string const = 1;
      optional uint64 min_len = 2;
      optional uint64 max_len = 3;
      optional uint64 min_bytes = 4;
      optional uint64 max_bytes = 5;
      optional string pattern = 6;
      optional string prefix = 7;
      optional string suffix = 8;
      optional string contains = 9;
      repeated string in = 10;
      repeated string not_in = 11;
      oneof well_known {
        bool email = 12;
        bool hostname = 13;
        bool ip = 14;
        bool ipv4 = 15;
        bool ipv6 = 16;
        bool uri = 17;
        bool uri_ref = 18;
        bool address = 21;
        bool uuid = 22;
        KnownRegex well_known_regex = 24;
        bool ip_with_prefixlen = 26;
        bool ipv4_with_prefixlen = 27;
        bool ipv6_with_prefixlen = 28;
        bool ip_prefix = 29;
        bool ipv4_prefix = 30;
        bool ipv6_prefix = 31;
        bool host_and_port = 32;
        bool tuuid = 33;
        bool ulid = 35;
        bool protobuf_fqn = 37;
        bool protobuf_dot_fqn = 38;
      }
      optional uint64 len = 19;
      optional uint64 len_bytes = 20;
      optional string not_contains = 23;
      optional bool strict = 25;
      repeated string example = 34;
      extensions 1000 to max;
    }
    message BytesRules {
      optional bytes const = 1;
      optional uint64 min_len = 2;
      optional uint64 max_len = 3;
      optional string pattern = 4;
      optional bytes prefix = 5;
      optional bytes suffix = 6;
      optional bytes contains = 7;
      repeated bytes in = 8;
      repeated bytes not_in = 9;
      oneof well_known { bool ip = 10; bool ipv4 = 11; bool ipv6 = 12; bool uuid = 15; }
      optional uint64 len = 13;
      repeated bytes example = 14;
      extensions 1000 to max;
    }
    message EnumRules {
      optional int32 const = 1;
      optional bool defined_only = 2;
      repeated int32 in = 3;
      repeated int32 not_in = 4;
      repeated int32 example = 5;
      extensions 1000 to max;
    }
    message RepeatedRules {
      optional uint64 min_items = 1;
      optional uint64 max_items = 2;
      optional bool unique = 3;
      optional FieldRules items = 4;
      extensions 1000 to max;
    }
    message MapRules {
      optional uint64 min_pairs = 1;
      optional uint64 max_pairs = 2;
      optional FieldRules keys = 4;
      optional FieldRules values = 5;
      extensions 1000 to max;
    }
    message AnyRules { repeated string in = 2; repeated string not_in = 3; }
    message DurationRules {
      optional google.protobuf.Duration const = 2;
      oneof less_than { google.protobuf.Duration lt = 3; google.protobuf.Duration lte = 4; }
      oneof greater_than { google.protobuf.Duration gt = 5; google.protobuf.Duration gte = 6; }
      repeated google.protobuf.Duration in = 7;
      repeated google.protobuf.Duration not_in = 8;
      repeated google.protobuf.Duration example = 9;
      extensions 1000 to max;
    }
    message FieldMaskRules {
      optional google.protobuf.FieldMask const = 1;
      repeated string in = 2;
      repeated string not_in = 3;
      repeated google.protobuf.FieldMask example = 4;
      extensions 1000 to max;
    }
    message TimestampRules {
      optional google.protobuf.Timestamp const = 2;
      oneof less_than { google.protobuf.Timestamp lt = 3; google.protobuf.Timestamp lte = 4; bool lt_now = 7; }
      oneof greater_than { google.protobuf.Timestamp gt = 5; google.protobuf.Timestamp gte = 6; bool gt_now = 8; }
      optional google.protobuf.Duration within = 9;
      repeated google.protobuf.Timestamp example = 10;
      extensions 1000 to max;
    }
    message Violations { repeated Violation violations = 1; }
    message Violation {
      reserved 1;
      reserved "field_path";
      optional string rule_id = 2;
      optional string message = 3;
      optional bool for_key = 4;
      optional FieldPath field = 5;
      optional FieldPath rule = 6;
    }
    message FieldPath { repeated FieldPathElement elements = 1; }
    message FieldPathElement {
      optional int32 field_number = 1;
      optional string field_name = 2;
      optional google.protobuf.FieldDescriptorProto.Type field_type = 3;
      optional google.protobuf.FieldDescriptorProto.Type key_type = 4;
      optional google.protobuf.FieldDescriptorProto.Type value_type = 5;
      oneof subscript { uint64 index = 6; bool bool_key = 7; int64 int_key = 8; uint64 uint_key = 9; string string_key = 10; }
    }
    enum Ignore {
      reserved 2;
      reserved "IGNORE_EMPTY", "IGNORE_DEFAULT", "IGNORE_IF_DEFAULT_VALUE", "IGNORE_IF_UNPOPULATED";
      IGNORE_UNSPECIFIED = 0;
      IGNORE_IF_ZERO_VALUE = 1;
      IGNORE_ALWAYS = 3;
    }
    enum KnownRegex {
      KNOWN_REGEX_UNSPECIFIED = 0;
      KNOWN_REGEX_HTTP_HEADER_NAME = 1;
      KNOWN_REGEX_HTTP_HEADER_VALUE = 2;
    }
  `,
}
