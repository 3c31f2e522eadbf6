package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"time"
)

const (
	address = "https://panel.example/api/v2"
	key     = "YOUR_API_KEY"
)

var client = http.Client{Timeout: 30 * time.Second}

// call asks, and asks again for as long as there is no answer. An order needs its order_reference for that.
func call(action string, parameters url.Values) (map[string]any, error) {
	parameters.Set("key", key)
	parameters.Set("action", action)
	for attempt := 1; attempt <= 5; attempt++ {
		if answer, err := ask(parameters); err != nil {
			log.Print(err) // no connection, or no JSON
		} else if code := answer["code"]; code != "rate_limited" && code != "unavailable" {
			if answer["error"] != nil {
				return nil, fmt.Errorf("%v %v", answer["error"], answer["detail"])
			}
			return answer, nil
		}
		time.Sleep(time.Duration(attempt) * time.Second)
	}
	return nil, fmt.Errorf("no answer: send it again later, with the same order_reference")
}

func ask(parameters url.Values) (answer map[string]any, err error) {
	response, err := client.PostForm(address, parameters)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	err = json.NewDecoder(response.Body).Decode(&answer)
	return answer, err
}

func main() {
	placed, err := call("add", url.Values{
		"service":         {"1"},
		"link":            {"https://facebook.com/your/post"},
		"quantity":        {"1000"},
		"order_reference": {"order-1001"}, // your own number, one for each order
	})
	if err != nil {
		log.Fatal(err)
	}
	order := fmt.Sprintf("%.0f", placed["order"])
	status, err := call("status", url.Values{"order": {order}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %v, %v %v\n", order, status["status"], status["charge"], status["currency"])
}
