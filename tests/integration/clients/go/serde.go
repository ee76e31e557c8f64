package main

import (
	"context"
	"encoding/json"

	"github.com/linkedin/goavro/v2"
	"github.com/twmb/franz-go/pkg/sr"
)

// event is a record in Avro's JSON encoding.
type event json.RawMessage

// serde frames and reads events by franz-go's Serde, with goavro for the body.
type serde struct{ client *sr.Client }

func (s serde) Encode(ctx context.Context, id int, record json.RawMessage) ([]byte, error) {
	serde, err := s.of(ctx, id)
	if err != nil {
		return nil, err
	}
	return serde.Encode(event(record))
}

// Decode asks for the schema only once it knows the id that the payload carries.
func (s serde) Decode(ctx context.Context, payload []byte) (json.RawMessage, error) {
	id, _, err := new(sr.ConfluentHeader).DecodeID(payload)
	if err != nil {
		return nil, err
	}
	serde, err := s.of(ctx, id)
	if err != nil {
		return nil, err
	}
	var found event
	err = serde.Decode(payload, &found)
	return json.RawMessage(found), err
}

func (s serde) of(ctx context.Context, id int) (*sr.Serde, error) {
	schema, err := s.client.SchemaByID(ctx, id)
	if err != nil {
		return nil, err
	}
	codec, err := goavro.NewCodec(schema.Schema)
	if err != nil {
		return nil, err
	}
	serde := new(sr.Serde)
	serde.Register(id, event{}, sr.EncodeFn(func(value any) ([]byte, error) {
		native, _, err := codec.NativeFromTextual(value.(event))
		if err != nil {
			return nil, err
		}
		return codec.BinaryFromNative(nil, native)
	}), sr.DecodeFn(func(body []byte, value any) error {
		native, _, err := codec.NativeFromBinary(body)
		if err != nil {
			return err
		}
		text, err := codec.TextualFromNative(nil, native)
		*value.(*event) = text
		return err
	}))
	return serde, nil
}
