using Oml.Sdk.Permissions;

namespace Oml.Sdk;

/// <summary>Holds a model that is loaded from the start, or that the first permission opens, once, however many callers race.</summary>
internal sealed class ModelHolder : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Func<Permission, CancellationToken, ValueTask<LoadedModel>>? _open;
    private readonly Func<Permission, CancellationToken, ValueTask>? _admit;
    private readonly Func<Permission, string, CancellationToken, ValueTask<byte[]>>? _read;
    private readonly IDisposable? _source;
    private LoadedModel? _loaded;
    private int _users;

    /// <summary>A model that is loaded.</summary>
    public ModelHolder(LoadedModel loaded) => _loaded = loaded;

    /// <summary>A model that a permission opens.</summary>
    /// <param name="open">Opens it.</param>
    /// <param name="admit">Refuses a permission that could not open it, whether it is open or not.</param>
    /// <param name="read">Reads a file that was sealed with it.</param>
    /// <param name="closesWhenUnused">Whether it is closed when its last user has left; the next one opens it again.</param>
    /// <param name="source">What it is opened from; disposed with this.</param>
    public ModelHolder(
        Func<Permission, CancellationToken, ValueTask<LoadedModel>> open,
        Func<Permission, CancellationToken, ValueTask> admit,
        Func<Permission, string, CancellationToken, ValueTask<byte[]>> read,
        bool closesWhenUnused,
        IDisposable source)
    {
        _open = open;
        _admit = admit;
        _read = read;
        _source = source;
        ClosesWhenUnused = closesWhenUnused;
    }

    public bool ClosesWhenUnused { get; }

    /// <summary>The model, or null when it is not open.</summary>
    public LoadedModel? Loaded => Volatile.Read(ref _loaded);

    /// <summary>Refuses a permission whose wrapped content key is not for this licensee, or not this model's, also when the model is open already.</summary>
    public ValueTask AdmitAsync(Permission permission, CancellationToken cancellationToken) =>
        _admit is null ? default : _admit(permission, cancellationToken);

    /// <summary>A file that was sealed with the model.</summary>
    /// <exception cref="InvalidOperationException">The model is not sealed.</exception>
    public ValueTask<byte[]> ReadAsync(Permission permission, string path, CancellationToken cancellationToken) =>
        _read is null
            ? throw new InvalidOperationException($"The model is not sealed, so no file came with it; read '{path}' from where the model is.")
            : _read(permission, path, cancellationToken);

    /// <summary>The model, opened if need be; whoever gets it calls <see cref="ReleaseAsync"/>.</summary>
    public ValueTask<LoadedModel> AcquireAsync(Permission permission, CancellationToken cancellationToken) =>
        !ClosesWhenUnused && Loaded is { } loaded ? new(loaded) : OpenAsync(permission, cancellationToken);

    /// <summary>The model if it is open, or null; whoever gets it calls <see cref="ReleaseAsync"/>.</summary>
    public async ValueTask<LoadedModel?> AcquireOpenAsync(CancellationToken cancellationToken)
    {
        if (!ClosesWhenUnused)
        {
            return Loaded;
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _users += _loaded is null ? 0 : 1;
            return _loaded;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask ReleaseAsync()
    {
        if (!ClosesWhenUnused)
        {
            return;
        }

        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (--_users == 0)
            {
                await CloseAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await CloseAsync().ConfigureAwait(false);
        }
        finally
        {
            _source?.Dispose();
        }
    }

    private async ValueTask<LoadedModel> OpenAsync(Permission permission, CancellationToken cancellationToken)
    {
        // Each caller that waits opens with its own permission: the failure of another's key is not its failure.
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            LoadedModel loaded = _loaded ?? await _open!(permission, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _loaded, loaded);
            _users++;
            return loaded;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask CloseAsync()
    {
        if (_loaded is { } loaded)
        {
            Volatile.Write(ref _loaded, null);
            await loaded.Backend.DisposeAsync().ConfigureAwait(false);
        }
    }
}
