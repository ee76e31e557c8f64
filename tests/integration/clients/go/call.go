package main

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
)

var (
	contextType = reflect.TypeFor[context.Context]()
	errorType   = reflect.TypeFor[error]()
)

// call finds the method by its name and reads each argument as the type that the method wants.
func call(object any, name string, asked request) (any, error) {
	method := reflect.ValueOf(object).MethodByName(name)
	if !method.IsValid() {
		return nil, fmt.Errorf("no method %s", name)
	}
	ctx, err := params(context.Background(), asked.Params)
	if err != nil {
		return nil, err
	}
	in, err := arguments(method.Type(), ctx, asked.Args)
	if err != nil {
		return nil, err
	}
	var result any
	for _, out := range method.Call(in) {
		if out.Type().Implements(errorType) {
			if !out.IsNil() {
				return nil, out.Interface().(error)
			}
			continue
		}
		if result, err = plain(out); err != nil {
			return nil, err
		}
	}
	return result, nil
}

func arguments(kind reflect.Type, ctx context.Context, args []json.RawMessage) ([]reflect.Value, error) {
	var in []reflect.Value
	for i := range kind.NumIn() {
		want := kind.In(i)
		if want == contextType {
			in = append(in, reflect.ValueOf(ctx))
			continue
		}
		rest := kind.IsVariadic() && i == kind.NumIn()-1
		if rest {
			want = want.Elem()
		}
		for len(args) > 0 {
			value := reflect.New(want)
			if err := json.Unmarshal(args[0], value.Interface()); err != nil {
				return nil, err
			}
			in, args = append(in, value.Elem()), args[1:]
			if !rest {
				break
			}
		}
	}
	if len(args) > 0 {
		return nil, fmt.Errorf("%d arguments too many", len(args))
	}
	return in, nil
}

// plain returns what JSON shows as it is; a result that holds an error of its own is that error.
func plain(out reflect.Value) (any, error) {
	if out.Kind() == reflect.Slice {
		for i := range out.Len() {
			if err := held(out.Index(i)); err != nil {
				return nil, err
			}
		}
	}
	return out.Interface(), nil
}

func held(value reflect.Value) error {
	if value.Kind() != reflect.Struct {
		return nil
	}
	field := value.FieldByName("Err")
	if !field.IsValid() || field.IsNil() {
		return nil
	}
	return field.Interface().(error)
}
