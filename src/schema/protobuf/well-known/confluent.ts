/** The files that Confluent's serializers know without a reference, as declarations of our own from their numbers. */
const decimal = `
  syntax = "proto3";
  package confluent.type;
  message Decimal { bytes value = 1; uint32 precision = 2; int32 scale = 3; }
`

export const confluentFiles = {
  'confluent/meta.proto': `
    syntax = "proto3";
    package confluent;
    import "google/protobuf/descriptor.proto";
    message Meta { string doc = 1; map<string, string> params = 2; repeated string tags = 3; }
    extend google.protobuf.FileOptions { Meta file_meta = 1088; }
    extend google.protobuf.MessageOptions { Meta message_meta = 1088; }
    extend google.protobuf.FieldOptions { Meta field_meta = 1088; }
    extend google.protobuf.EnumOptions { Meta enum_meta = 1088; }
    extend google.protobuf.EnumValueOptions { Meta enum_value_meta = 1088; }
  `,
  // The serializers disagree on the folder: `type` in Java, `types` in JavaScript.
  'confluent/type/decimal.proto': decimal,
  'confluent/types/decimal.proto': decimal,
}
