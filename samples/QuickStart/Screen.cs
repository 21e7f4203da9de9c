namespace QuickStart;

/// <summary>Writes to the terminal: headings, results and refusals, in colour where that is wanted.</summary>
internal sealed class Screen(bool color)
{
    public void Heading(string text) => Console.WriteLine($"\n{Paint("1;36", text)}");

    public static void Line(string text = "") => Console.WriteLine(text.Length == 0 ? text : $"  {text}");

    public void Good(string text) => Console.WriteLine($"  {Paint("32", "✓")} {text}");

    public void Refused(string what, string reason, string message)
    {
        Console.WriteLine($"  {Paint("33", "✗")} {what,-34} {Paint("1", reason)}");
        Console.WriteLine($"      {Paint("2", message)}");
    }

    public void Bad(string text) => Console.Error.WriteLine($"{Paint("31", "error:")} {text}");

    private string Paint(string code, string text) => color ? $"\x1b[{code}m{text}\x1b[0m" : text;
}
