// Command clients calls unmodified Go clients for the tests: one JSON object a line in, one out.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/twmb/franz-go/pkg/sr"
)

type request struct {
	Call   string                     `json:"call"`
	Args   []json.RawMessage          `json:"args"`
	Params map[string]json.RawMessage `json:"params"`
}

type said struct {
	Status  int    `json:"status,omitempty"`
	Code    int    `json:"code,omitempty"`
	Message string `json:"message"`
	Kind    string `json:"kind,omitempty"`
}

type reply struct {
	Result any   `json:"result,omitempty"`
	Error  *said `json:"error,omitempty"`
}

func main() {
	franz, err := sr.NewClient(sr.URLs(os.Args[1]))
	if err != nil {
		panic(err)
	}
	objects := map[string]any{"franz": franz, "serde": serde{franz}}

	in, out := bufio.NewReader(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		if err := out.Encode(answer(objects, line)); err != nil {
			panic(err)
		}
	}
}

func answer(objects map[string]any, line []byte) reply {
	var asked request
	if err := json.Unmarshal(line, &asked); err != nil {
		return reply{Error: &said{Message: err.Error()}}
	}
	if asked.Call == "methods" {
		var name string
		_ = json.Unmarshal(asked.Args[0], &name)
		return reply{Result: methods(objects[name])}
	}
	object, method, _ := strings.Cut(asked.Call, ".")
	result, err := call(objects[object], method, asked)
	if err != nil {
		return reply{Error: described(err)}
	}
	return reply{Result: result}
}

func methods(object any) []string {
	kind := reflect.TypeOf(object)
	names := make([]string, kind.NumMethod())
	for i := range names {
		names[i] = kind.Method(i).Name
	}
	return names
}

// described tells an error as the client's own types have it.
func described(err error) *said {
	var response *sr.ResponseError
	if errors.As(err, &response) {
		known := response.SchemaError()
		return &said{response.StatusCode, response.ErrorCode, response.Message, known.Name}
	}
	return &said{Message: fmt.Sprintf("%T: %v", err, err)}
}

func params(ctx context.Context, asked map[string]json.RawMessage) (context.Context, error) {
	flags := map[string]sr.Param{
		"normalize": sr.Normalize, "verbose": sr.Verbose, "fetchMaxId": sr.FetchMaxID,
		"defaultToGlobal": sr.DefaultToGlobal, "force": sr.Force, "latestOnly": sr.LatestOnly,
		"deleted": sr.ShowDeleted, "deletedOnly": sr.DeletedOnly,
	}
	texts := map[string]func(string) sr.Param{
		"format": sr.Format, "subjectPrefix": sr.SubjectPrefix, "subject": sr.Subject,
		"contextPrefix": sr.ContextPrefix,
	}
	numbers := map[string]func(int) sr.Param{"offset": sr.Offset, "limit": sr.Limit}
	var all []sr.Param
	for name, raw := range asked {
		var text string
		var number int
		if name == "context" && json.Unmarshal(raw, &text) == nil {
			ctx = sr.InContext(ctx, text)
		} else if flag, ok := flags[name]; ok {
			all = append(all, flag)
		} else if with, ok := texts[name]; ok && json.Unmarshal(raw, &text) == nil {
			all = append(all, with(text))
		} else if with, ok := numbers[name]; ok && json.Unmarshal(raw, &number) == nil {
			all = append(all, with(number))
		} else {
			return nil, fmt.Errorf("no parameter %s", name)
		}
	}
	return sr.WithParams(ctx, all...), nil
}
