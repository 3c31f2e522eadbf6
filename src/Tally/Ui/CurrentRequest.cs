namespace Tally.Ui;

/// <summary>
/// Tells those who ask for it (Identity, when somebody signs in) which request is served. For pages only: what API v2 does needs it nowhere, and to carry it along costs each of its requests something.
/// </summary>
internal sealed class CurrentRequest(RequestDelegate next, IHttpContextAccessor accessor)
{
    public static IServiceCollection Add(IServiceCollection services) =>
        services.AddHttpContextAccessor().AddSingleton<IHttpContextFactory>(p => new DefaultHttpContextFactory(new WithoutAccessor(p)));

    public async Task InvokeAsync(HttpContext http)
    {
        accessor.HttpContext = http;
        try
        {
            await next(http);
        }
        finally
        {
            accessor.HttpContext = null;
        }
    }

    /// <summary>ASP.NET Core's factory tells the accessor of every request, if there is one.</summary>
    private sealed class WithoutAccessor(IServiceProvider services) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(IHttpContextAccessor) ? null : services.GetService(serviceType);
    }
}
