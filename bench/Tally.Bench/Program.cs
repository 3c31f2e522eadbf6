using System.CommandLine;
using Tally.Bench;

var database = new Option<string>("--database") { Description = "The store to fill", Required = true };
var accounts = new Option<int>("--accounts") { DefaultValueFactory = _ => 1_000 };
var orders = new Option<int>("--orders") { DefaultValueFactory = _ => 100_000 };
var keys = new Option<string>("--keys") { Description = "Where to write the keys, one a line", Required = true };
var services = new Option<int>("--services") { Description = "How many services the price list has", DefaultValueFactory = _ => 1 };
var body = new Option<string?>("--services-answer") { Description = "A file with what is to be answered to services" };
var urls = new Option<string>("--urls") { DefaultValueFactory = _ => "http://127.0.0.1:18090" };

var asked = new Option<string?>("--database") { Description = "A filled store that does its part for each request; without it none does" };
var span = new Option<long>("--span") { Description = "What grow said of that store" };
var copies = new Option<long>("--copies") { Description = "Likewise" };
var front = new Option<Front>("--front") { Description = "What of the panel is before the store's work: its reader of the form, its gate (key, limits, last use) as well, or all of API v2; or a whole node around its reader" };
var bare = new Command("bare", "The endpoint that everything is measured against") { urls, body, asked, span, copies, front };
bare.SetAction((parsed, ct) => BareEndpoint.RunAsync(
    parsed.GetValue(urls)!, parsed.GetValue(body), parsed.GetValue(asked), new Copies(parsed.GetValue(span), parsed.GetValue(copies)), parsed.GetValue(front), ct));
var seed = new Command("seed", "Fill a store with accounts, keys, services and orders") { database, accounts, orders, services, keys };
seed.SetAction((parsed, ct) => Seed.RunAsync(parsed.GetValue(database)!, parsed.GetValue(accounts), parsed.GetValue(orders), parsed.GetValue(services), parsed.GetValue(keys)!, ct));

var grow = new Command("grow", "Make a large store of one that was just filled, by copying its orders") { database, orders };
grow.SetAction((parsed, ct) => Grow.RunAsync(parsed.GetValue(database)!, parsed.GetValue(orders), ct));

var drain = new Command("drain", "How fast queued orders go out through one provider on loopback") { database, orders };
drain.SetAction((parsed, ct) => DrainBench.RunAsync(parsed.GetValue(database)!, parsed.GetValue(orders), ct));

var sync = new Command("sync", "How fast the open orders of one provider on loopback are asked for, while orders are added") { database, orders };
sync.SetAction((parsed, ct) => SyncBench.RunAsync(parsed.GetValue(database)!, parsed.GetValue(orders), ct));

var size = new Option<int>("--size") { Description = "How many orders a transaction writes", DefaultValueFactory = _ => 64 };
var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 8 };
var rows = new Command("rows", "How many orders a second a filled store takes when only their rows are written") { database, size, seconds };
rows.SetAction((parsed, ct) => RowsBench.RunAsync(parsed.GetValue(database)!, parsed.GetValue(size), parsed.GetValue(seconds), ct));

var large = new Option<int>("--large") { Description = "How many orders the large account has", DefaultValueFactory = _ => 1_000_000 };
var pages = new Command("pages", "What a page of orders costs with a thousand orders and with a million; the store must be empty") { database, large };
pages.SetAction((parsed, ct) => OrdersBench.PagesAsync(parsed.GetValue(database)!, parsed.GetValue(large), ct));

var without = new Option<string>("--without") { Description = "A second, empty store, which goes without the lists' indexes", Required = true };
var adds = new Command("adds", "What the indexes of the lists of orders cost an add; both stores must be empty") { database, without };
adds.SetAction((parsed, ct) => OrdersBench.AddsAsync(parsed.GetValue(database)!, parsed.GetValue(without)!, ct));

var inner = new Command("inner", "BenchmarkDotNet over the inner pieces of a request");
inner.SetAction(_ => InnerBench.Run());

return await new RootCommand("What the load bench needs besides the panel itself") { bare, seed, grow, drain, sync, rows, pages, adds, inner }.Parse(args).InvokeAsync();
