// Renders a chart as `helm template` does, with what Helm's engine is made of: Go's templates, sprig and a few functions
// more. For where Helm itself is not to be had:
//
//	render <folder of the chart> <name of the release> [values.yaml]...
//
// Prints JSON: the text of each template by its name. A template that fails prints why to the standard error.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"github.com/ghodss/yaml"
)

type values = map[string]interface{}

func main() {
	if err := render(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func render(folder, release string, files []string) error {
	chart, err := read(filepath.Join(folder, "Chart.yaml"))
	if err != nil {
		return err
	}
	given := values{}
	for _, file := range append([]string{filepath.Join(folder, "values.yaml")}, files...) {
		more, err := read(file)
		if err != nil {
			return err
		}
		merge(given, more)
	}
	paths, err := filepath.Glob(filepath.Join(folder, "templates", "*"))
	if err != nil {
		return err
	}
	name := fmt.Sprint(chart["name"])
	root := template.New(name).Option("missingkey=zero")
	root.Funcs(functions(root))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if _, err := root.New(templateName(name, path)).Parse(string(text)); err != nil {
			return err
		}
	}
	rendered := map[string]string{}
	for _, path := range paths {
		if strings.HasPrefix(filepath.Base(path), "_") {
			continue
		}
		context := values{
			"Values":  given,
			"Chart":   chartOf(chart),
			"Release": values{"Name": release, "Namespace": "default", "Service": "Helm", "IsInstall": true, "Revision": 1},
			"Template": values{
				"Name": templateName(name, path), "BasePath": name + "/templates",
			},
		}
		text, err := execute(root, templateName(name, path), context)
		if err != nil {
			return err
		}
		rendered[filepath.Base(path)] = text
	}
	return json.NewEncoder(os.Stdout).Encode(rendered)
}

func functions(root *template.Template) template.FuncMap {
	all := sprig.TxtFuncMap()
	// As in Helm: a chart does not depend on the machine that renders it.
	for _, name := range []string{"env", "expandenv", "getHostByName"} {
		delete(all, name)
	}
	all["include"] = func(name string, data interface{}) (string, error) { return execute(root, name, data) }
	all["required"] = func(message string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return nil, errors.New(message)
		}
		return value, nil
	}
	all["toYaml"] = func(value interface{}) (string, error) {
		text, err := yaml.Marshal(value)
		return strings.TrimSuffix(string(text), "\n"), err
	}
	return all
}

// What is not there is nothing, and not "<no value>".
func execute(root *template.Template, name string, data interface{}) (string, error) {
	var text strings.Builder
	err := root.ExecuteTemplate(&text, name, data)
	return strings.ReplaceAll(text.String(), "<no value>", ""), err
}

func read(path string) (values, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	read := values{}
	return read, yaml.Unmarshal(text, &read)
}

// Later values go over earlier ones, key by key; null takes a key away.
func merge(into, from values) {
	for key, value := range from {
		below, isMap := value.(values)
		known, wasMap := into[key].(values)
		switch {
		case value == nil:
			delete(into, key)
		case isMap && wasMap:
			merge(known, below)
		default:
			into[key] = value
		}
	}
}

// Templates know Chart.yaml by names in capitals.
func chartOf(chart values) values {
	known := values{}
	for key, value := range chart {
		known[strings.ToUpper(key[:1])+key[1:]] = value
	}
	return known
}

func templateName(chart, path string) string {
	return chart + "/templates/" + filepath.Base(path)
}
