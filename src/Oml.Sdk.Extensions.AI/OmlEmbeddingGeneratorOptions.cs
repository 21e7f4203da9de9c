namespace Oml.Sdk.Extensions.AI;

/// <summary>How an embedding generator works. Read when the generator is made; later changes have no effect on it. Not thread-safe.</summary>
public sealed class OmlEmbeddingGeneratorOptions
{
    /// <summary>The default of <see cref="MaxTokens"/>.</summary>
    public const int DefaultMaxTokens = 512;

    /// <summary>The largest <see cref="MaxTokens"/>: 2²⁰.</summary>
    public const int LargestMaxTokens = 1 << 20;

    /// <summary>The default of <see cref="MaxBatchSize"/>.</summary>
    public const int DefaultMaxBatchSize = 32;

    /// <summary>The largest <see cref="MaxBatchSize"/>.</summary>
    public const int LargestMaxBatchSize = 4096;

    /// <summary>The output that holds embeddings, <c>[texts, dimensions]</c>, or the states of tokens, <c>[texts, tokens, dimensions]</c>.</summary>
    /// <value>
    /// The default value is null: <c>sentence_embedding</c>, or the only output, or <c>last_hidden_state</c>, the first of them that there is.
    /// </value>
    public string? Output { get; set; }

    /// <summary>How states of tokens become an embedding; without effect on an output that holds embeddings.</summary>
    /// <value>The default value is <see cref="EmbeddingPooling.Mean"/>.</value>
    public EmbeddingPooling Pooling { get; set; } = EmbeddingPooling.Mean;

    /// <summary>Whether embeddings are brought to the length 1; one of zeros stays as it is.</summary>
    /// <value>The default value is true.</value>
    public bool Normalize { get; set; } = true;

    /// <summary>The most tokens of one text that the model takes, those of <see cref="BeginToken"/> and <see cref="EndToken"/> included.</summary>
    /// <value>The default value is 512. 1 to 2²⁰; a model for a fixed number of tokens takes no more than that.</value>
    public int MaxTokens { get; set; } = DefaultMaxTokens;

    /// <summary>What becomes of longer texts.</summary>
    /// <value>The default value is <see cref="LongTextHandling.Refuse"/>.</value>
    public LongTextHandling LongTexts { get; set; } = LongTextHandling.Refuse;

    /// <summary>The token that is put before each text, <c>[CLS]</c> of BERT, where the tokenizer puts none.</summary>
    /// <value>The default value is null: none. At least 0.</value>
    public int? BeginToken { get; set; }

    /// <summary>The token that is put after each text, <c>[SEP]</c> of BERT, where the tokenizer puts none.</summary>
    /// <value>The default value is null: none. At least 0.</value>
    public int? EndToken { get; set; }

    /// <summary>The token that shorter texts of a batch are filled up with; the mask hides it.</summary>
    /// <value>The default value is 0. At least 0.</value>
    public int PadToken { get; set; }

    /// <summary>The most texts in one call of the model.</summary>
    /// <value>The default value is 32. 1 to 4096; a model for a fixed number of texts takes 1.</value>
    public int MaxBatchSize { get; set; } = DefaultMaxBatchSize;

    /// <summary>The name that the generator gives the model.</summary>
    /// <value>The default value is null: the model's id in hexadecimal digits.</value>
    public string? ModelId { get; set; }

    /// <summary>Where embeddings have their time from.</summary>
    /// <value>The default value is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
