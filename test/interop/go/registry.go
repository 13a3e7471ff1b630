package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/sr"
)

// registryQuestion names a method of the client, with the arguments that the method takes.
type registryQuestion struct {
	Registry string     `json:"registry"`
	Method   string     `json:"method"`
	Context  string     `json:"context"`
	Params   parameters `json:"params"`
	Subject  string     `json:"subject"`
	// Version -1 is the latest one.
	Version   int                 `json:"version"`
	ID        int                 `json:"id"`
	GUID      string              `json:"guid"`
	Schema    sr.Schema           `json:"schema"`
	Settings  sr.SetCompatibility `json:"settings"`
	Mode      sr.Mode             `json:"mode"`
	Permanent bool                `json:"permanent"`
}

// parameters are those of the query.
type parameters struct {
	Normalize       bool   `json:"normalize"`
	Verbose         bool   `json:"verbose"`
	DefaultToGlobal bool   `json:"defaultToGlobal"`
	Force           bool   `json:"force"`
	LatestOnly      bool   `json:"latestOnly"`
	Deleted         bool   `json:"deleted"`
	DeletedOnly     bool   `json:"deletedOnly"`
	Format          string `json:"format"`
	SubjectPrefix   string `json:"subjectPrefix"`
	ContextPrefix   string `json:"contextPrefix"`
	Offset          int    `json:"offset"`
	Limit           int    `json:"limit"`
}

func (p parameters) all() []sr.Param {
	params := []sr.Param{
		sr.Format(p.Format), sr.SubjectPrefix(p.SubjectPrefix), sr.ContextPrefix(p.ContextPrefix), sr.Offset(p.Offset), sr.Limit(p.Limit),
	}
	for param, isAsked := range map[*sr.Param]bool{
		&sr.Normalize: p.Normalize, &sr.Verbose: p.Verbose, &sr.DefaultToGlobal: p.DefaultToGlobal, &sr.Force: p.Force,
		&sr.LatestOnly: p.LatestOnly, &sr.ShowDeleted: p.Deleted, &sr.DeletedOnly: p.DeletedOnly,
	} {
		if isAsked {
			params = append(params, *param)
		}
	}
	return params
}

// askRegistry answers what the method answers, or {"error": code} in the registry's own codes.
func askRegistry(ctx context.Context, question registryQuestion) (any, error) {
	client, err := sr.NewClient(sr.URLs(question.Registry))
	if err != nil {
		return nil, err
	}
	ask, ok := registryMethods[question.Method]
	if !ok {
		return nil, fmt.Errorf("no method %q", question.Method)
	}
	scoped := sr.WithParams(sr.InContext(ctx, question.Context), question.Params.all()...)
	result, err := ask(scoped, client, question)
	var refused *sr.ResponseError
	if errors.As(err, &refused) {
		return map[string]any{"error": refused.ErrorCode, "name": refused.SchemaError().Name}, nil
	}
	return result, err
}

type registryMethod func(context.Context, *sr.Client, registryQuestion) (any, error)

var registryMethods = map[string]registryMethod{
	"SupportedTypes": func(ctx context.Context, client *sr.Client, _ registryQuestion) (any, error) {
		return client.SupportedTypes(ctx)
	},
	"Contexts": func(ctx context.Context, client *sr.Client, _ registryQuestion) (any, error) {
		return client.Contexts(ctx)
	},
	"DeleteContext": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		return nil, client.DeleteContext(ctx, q.Subject)
	},
	"Subjects": func(ctx context.Context, client *sr.Client, _ registryQuestion) (any, error) {
		return client.Subjects(ctx)
	},
	"SchemaByID": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		return client.SchemaByID(ctx, q.ID)
	},
	"SchemaByGUID": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		return client.SchemaByGUID(ctx, q.GUID)
	},
	"SchemaIDsByGUID": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		return client.SchemaIDsByGUID(ctx, q.GUID)
	},
	"SchemaTextByID": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		return client.SchemaTextByID(ctx, q.ID)
	},
	"SubjectsByID": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		return client.SubjectsByID(ctx, q.ID)
	},
	"SchemaVersionsByID": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		return client.SchemaVersionsByID(ctx, q.ID)
	},
	"SchemaUsagesByID": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		return client.SchemaUsagesByID(ctx, q.ID)
	},
	"SubjectVersions": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		return client.SubjectVersions(ctx, q.Subject)
	},
	"SchemaByVersion": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		return client.SchemaByVersion(ctx, q.Subject, q.Version)
	},
	"SchemaTextByVersion": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		return client.SchemaTextByVersion(ctx, q.Subject, q.Version)
	},
	"SchemaReferences": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		return client.SchemaReferences(ctx, q.Subject, q.Version)
	},
	"AllSchemas": func(ctx context.Context, client *sr.Client, _ registryQuestion) (any, error) {
		return client.AllSchemas(ctx)
	},
	"Schemas": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		return client.Schemas(ctx, q.Subject)
	},
	"RegisterSchema": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		return client.RegisterSchema(ctx, q.Subject, q.Schema, q.ID, q.Version)
	},
	"CreateSchema": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		return client.CreateSchema(ctx, q.Subject, q.Schema)
	},
	"LookupSchema": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		return client.LookupSchema(ctx, q.Subject, q.Schema)
	},
	"DeleteSubject": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		return client.DeleteSubject(ctx, q.Subject, sr.DeleteHow(q.Permanent))
	},
	"DeleteSchema": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		return nil, client.DeleteSchema(ctx, q.Subject, q.Version, sr.DeleteHow(q.Permanent))
	},
	"CheckCompatibility": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		return client.CheckCompatibility(ctx, q.Subject, q.Version, q.Schema)
	},
	"Compatibility": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		found := client.Compatibility(ctx, q.Subject)[0]
		return found, found.Err
	},
	"SetCompatibility": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		found := client.SetCompatibility(ctx, q.Settings, q.Subject)[0]
		return found, found.Err
	},
	"ResetCompatibility": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		found := client.ResetCompatibility(ctx, q.Subject)[0]
		return nil, found.Err
	},
	"Mode": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		found := client.Mode(ctx, q.Subject)[0]
		return found.Mode, found.Err
	},
	"SetMode": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		found := client.SetMode(ctx, q.Mode, q.Subject)[0]
		return found.Mode, found.Err
	},
	"ResetMode": func(ctx context.Context, client *sr.Client, q registryQuestion) (any, error) {
		found := client.ResetMode(ctx, q.Subject)[0]
		return found.Mode, found.Err
	},
}
