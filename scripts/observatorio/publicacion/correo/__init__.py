"""Repartir una carta por correo, **a lo sumo una vez** a cada destinatario.

    carta → mensaje de cada destinatario → servidor SMTP (cifrado y con su certificado comprobado)
                                            ↕
                                          diario

El servidor solo puede entregar un mensaje si llegó a leer el punto que lo termina. El diario lo
anota en el disco *antes* de enviar ese punto, y la respuesta después. De un reparto cortado:

- sin punto anotado, el mensaje no salió: se envía al repetir la orden;
- con punto y respuesta, se sabe cómo terminó;
- con punto y sin respuesta, es **dudosa**: no se repite sola. Si alguien ordena repetirla, lleva la
  misma identificación, y el programa de correo de quien la recibe muestra una.

No sabe qué lleva la carta ni de dónde sale.
"""
