namespace Oml.Sdk.Sealing.Writing;

/// <summary>Opens a stream of the caller's for each attempt to seal it.</summary>
internal static class StreamOpener
{
    /// <summary>Gives it from where it stands now: a second attempt must not sign for what a first one left of it.</summary>
    public static Func<Stream> Create(string path, Stream content)
    {
        long start = content.CanSeek ? content.Position : 0;
        bool isRead = false;
        return () =>
        {
            if (content.CanSeek)
            {
                content.Position = start;
            }
            else if (isRead)
            {
                throw new InvalidOperationException(
                    $"The stream for '{path}' was read by an earlier attempt and cannot go back: make a new package with a new stream.");
            }

            isRead = true;
            return new UnclosedStream(content);
        };
    }
}
